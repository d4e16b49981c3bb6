/** `job="api"`, `job=~"(api|web)"`, in whichever quotes. */
const JOB_MATCHER = /\bjob\s*=(~?)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)/g;

/**
 * The time between scrapes of the jobs that a query names, in milliseconds: the longest, so that a rate over some of
 * them finds values of all. Undefined where it names none, or one that is not known.
 */
export function scrapeIntervalOf(
  expr: string,
  jobsMs: ReadonlyMap<string, number>,
): number | undefined {
  if (jobsMs.size === 0) return undefined;
  let longestMs = 0;
  for (const [, pattern, ...quoted] of expr.matchAll(JOB_MATCHER)) {
    const text = quoted.find((one) => one !== undefined) ?? '';
    for (const name of pattern === '~' ? alternativesOf(text) : [unescaped(text)]) {
      const intervalMs = jobsMs.get(name);
      if (intervalMs === undefined) return undefined;
      longestMs = Math.max(longestMs, intervalMs);
    }
  }
  return longestMs === 0 ? undefined : longestMs;
}

/** Names as variables are written into patterns; what is more of a pattern is no job's name. */
function alternativesOf(text: string): string[] {
  const inner = /^\((.*)\)$/s.exec(text)?.[1] ?? text;
  return inner.split('|').map((name) => unescaped(unescaped(name)));
}

/** Without the backslashes of a string, or of a pattern. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, '$1');
}
