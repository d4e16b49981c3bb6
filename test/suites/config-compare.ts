/** Undefined where the two are equal as JSON, whatever the order of keys; else where they differ first. */
export function compareJson(found: unknown, expected: unknown, path = '$'): string | undefined {
  if (Array.isArray(expected) && Array.isArray(found)) {
    if (found.length !== expected.length) {
      return `${path}: ${found.length} entries instead of ${expected.length}: ${JSON.stringify(found)}`;
    }
    return firstOf(expected.keys(), (i) => compareJson(found[i], expected[i], `${path}[${i}]`));
  }
  if (isObject(expected) && isObject(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return firstOf(keys, (key) => compareJson(found[key], expected[key], `${path}.${key}`));
  }
  if (found === expected) return undefined;
  return `${path}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`;
}

/** As compareJson, where keys of `found` that `expected` does not name do not matter. */
export function compareSubset(found: unknown, expected: unknown, path = '$'): string | undefined {
  if (isObject(expected) && isObject(found)) {
    return firstOf(Object.keys(expected), (key) =>
      compareSubset(found[key], expected[key], `${path}.${key}`),
    );
  }
  return compareJson(found, expected, path);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstOf<Item>(
  items: Iterable<Item>,
  check: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
