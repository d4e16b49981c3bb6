import { digest } from './measure.ts';

/** Values are the same where they differ by less than this share. */
const TOLERANCE = 1e-6;

interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Points by series; a series is named by its labels in order. */
export type Result = ReadonlyMap<string, readonly (readonly [number, string])[]>;

/** Reads an answer of the API. Throws what the server says where it is an error. */
export function readResult(body: Buffer): Result {
  const answer = JSON.parse(body.toString()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result: readonly ApiSeries[] };
  };
  if (answer.status !== 'success') throw new Error(answer.error ?? 'no result');
  return new Map(
    (answer.data?.result ?? []).map(({ metric, value, values }) => [
      nameOf(metric),
      values ?? (value === undefined ? [] : [value]),
    ]),
  );
}

function nameOf(metric: Readonly<Record<string, string>>): string {
  const names = Object.keys(metric).toSorted();
  return names.map((name) => `${name}=${metric[name]}`).join(',');
}

/** The first difference in words; undefined where both say the same. With `ties` names do not count. */
export function differenceOf(ours: Result, theirs: Result, ties: boolean): string | undefined {
  return ties ? seriesDifference(byRank(ours), byRank(theirs)) : seriesDifference(ours, theirs);
}

/** Puts the values of each instant in order and names them by their rank. */
function byRank(result: Result): Result {
  const instants = new Map<number, string[]>();
  for (const points of result.values()) {
    for (const [timeS, text] of points) {
      const texts = instants.get(timeS) ?? [];
      texts.push(text);
      instants.set(timeS, texts);
    }
  }
  const ranked = new Map<string, (readonly [number, string])[]>();
  for (const [timeS, texts] of [...instants].toSorted(([a], [b]) => a - b)) {
    for (const [rank, text] of texts.toSorted((a, b) => Number(b) - Number(a)).entries()) {
      const points = ranked.get(`${rank}`) ?? [];
      points.push([timeS, text]);
      ranked.set(`${rank}`, points);
    }
  }
  return ranked;
}

function seriesDifference(ours: Result, theirs: Result): string | undefined {
  if (ours.size !== theirs.size) return `${ours.size} series, not ${theirs.size}`;
  for (const [name, points] of ours) {
    const others = theirs.get(name);
    if (others === undefined) return `{${name}} is missing there`;
    if (points.length !== others.length) {
      return `{${name}} has ${points.length} points, not ${others.length}`;
    }
    for (const [i, [timeS, text]] of points.entries()) {
      const [otherTimeS, otherText] = others[i] ?? [NaN, ''];
      if (timeS === otherTimeS && isSame(text, otherText)) continue;
      return `{${name}} is ${text} at ${timeS}, not ${otherText} at ${otherTimeS}`;
    }
  }
  return undefined;
}

function isSame(text: string, other: string): boolean {
  if (text === other) return true;
  const [a, b] = [Number(text), Number(other)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** Of all series and values, of which the last digits do not count. */
export function resultHash(result: Result): string {
  const lines = [...result].map(([name, points]) => {
    const values = points.map(([timeS, text]) => `${timeS}:${Number(text).toPrecision(9)}`);
    return `${name} ${values.join(' ')}`;
  });
  return digest(lines.toSorted().join('\n'));
}
