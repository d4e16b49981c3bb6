const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/**
 * Puts groups of a match into a template as Go's regexp.Expand does: `$1`, `${1}`, `$name`, `${name}`,
 * `$$` for a dollar. A reference to a group that does not exist is empty.
 */
export function expandTemplate(
  template: string,
  groups: readonly string[],
  names: Readonly<Record<string, number>>,
): string {
  return template.replace(REFERENCE, (whole: string, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    const index = /^(?:0|[1-9]\d*)$/.test(name)
      ? Number(name)
      : Object.hasOwn(names, name)
        ? names[name]
        : -1;
    return groups[index] ?? '';
  });
}
