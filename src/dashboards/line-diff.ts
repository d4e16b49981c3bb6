export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Beyond so many different lines all that lies between is told as other lines: it would not be read line by line. */
const differencesMax = 1000;

/** The shortest way from one text to another, line by line (E. Myers, An O(ND) Difference Algorithm, 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const start = sameAtStart(before, after);
  const end = sameAtEnd(before.slice(start), after.slice(start));
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  const trace = searchPath(old, now);
  const middle = trace === undefined ? allOther(old, now) : walkBack(trace, old, now);
  return [
    ...lines('same', before.slice(0, start)),
    ...middle,
    ...lines('same', before.slice(before.length - end)),
  ];
}

function lines(kind: DiffLine['kind'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

function allOther(old: readonly string[], now: readonly string[]): DiffLine[] {
  return [...lines('removed', old), ...lines('added', now)];
}

function sameAtStart(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count++;
  return count;
}

function sameAtEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

/** For each number of differences: how far each diagonal came before it. */
function searchPath(old: readonly string[], now: readonly string[]): Int32Array[] | undefined {
  const most = Math.min(old.length + now.length, differencesMax);
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(reach.slice(most - d, most + d + 3));
    for (let k = -d; k <= d; k += 2) {
      let x = firstX(reach, most + 1 + k, d, k);
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
      reach[most + 1 + k] = x;
      if (x >= old.length && x - k >= now.length) return trace;
    }
  }
  return undefined;
}

/** Down from the diagonal above, or to the right from the one below, whichever came farther. */
function firstX(reach: Int32Array, at: number, d: number, k: number): number {
  const below = reach[at - 1] ?? 0;
  const above = reach[at + 1] ?? 0;
  return k === -d || (k !== d && below < above) ? above : below + 1;
}

function walkBack(
  trace: readonly Int32Array[],
  old: readonly string[],
  now: readonly string[],
): DiffLine[] {
  const found: DiffLine[] = [];
  let x = old.length;
  let y = now.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] ?? new Int32Array(0);
    const k = x - y;
    // Of diagonal -d - 1 at 0.
    const at = k + d + 1;
    const isDown = k === -d || (k !== d && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0));
    const fromK = isDown ? k + 1 : k - 1;
    const fromX = reach[fromK + d + 1] ?? 0;
    // After the one line that differs, all is the same up to here.
    const startX = d === 0 ? 0 : isDown ? fromX : fromX + 1;
    for (; x > startX; x--) found.push({ kind: 'same', text: old[x - 1] ?? '' });
    if (d === 0) break;
    found.push(
      isDown
        ? { kind: 'added', text: now[fromX - fromK] ?? '' }
        : { kind: 'removed', text: old[fromX] ?? '' },
    );
    x = fromX;
    y = fromX - fromK;
  }
  return found.toReversed();
}
