/** Undefined where the two are equal as JSON, whatever the order of keys; else where they differ first. */
export function compareJson(found: unknown, expected: unknown, path = '$'): string | undefined {
  if (Array.isArray(expected) && Array.isArray(found)) {
    if (found.length !== expected.length) {
      return `${path}: ${found.length} entries instead of ${expected.length}: ${JSON.stringify(found)}`;
    }
    return firstProblem(expected.keys(), (i) =>
      compareJson(found[i], expected[i], `${path}[${i}]`),
    );
  }
  if (isObject(expected) && isObject(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return firstProblem(keys, (key) => compareJson(found[key], expected[key], `${path}.${key}`));
  }
  if (found === expected) return undefined;
  return `${path}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`;
}

/** Undefined where every field that `expected` names is in `found`, at any depth; else where they differ first. */
export function compareSubset(found: unknown, expected: unknown, path = '$'): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) {
      return `${path}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`;
    }
    return firstProblem(expected.keys(), (i) =>
      compareSubset(found[i], expected[i], `${path}[${i}]`),
    );
  }
  if (isObject(expected) && isObject(found)) {
    return firstProblem(Object.keys(expected), (key) =>
      compareSubset(found[key], expected[key], `${path}.${key}`),
    );
  }
  return found === expected
    ? undefined
    : `${path}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the check says of the first of which it says something. */
export function firstProblem<Item>(
  items: Iterable<Item>,
  check: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The same list in an order that does not depend on who made it. */
export function sorted(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value).toSorted();
  return `{${entries.map((key) => `${key}:${canonical(value[key])}`).join()}}`;
}
