/** What a click on a series with Ctrl leaves hidden. */
export function toggle(hidden: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** What a plain click leaves hidden: all others, or none where it is alone already. */
export function isolate(
  keys: readonly string[],
  hidden: ReadonlySet<string>,
  key: string,
): ReadonlySet<string> {
  const isAlone = !hidden.has(key) && keys.every((other) => other === key || hidden.has(other));
  return new Set(isAlone ? [] : keys.filter((other) => other !== key));
}
