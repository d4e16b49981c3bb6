import type { MatrixSeries } from '#contract';

/** The last quarter of an hour of every container, one value a step. */
export interface Sparks {
  /** Of the last value, in milliseconds; a multiple of the step. */
  readonly endMs: number;
  /** By `name`; a gap is NaN. */
  readonly byName: ReadonlyMap<string, Float64Array>;
}

export const SPARK_STEP_MS = 15_000;
export const SPARK_RANGE_MS = 900_000;
export const SPARK_POINTS: number = SPARK_RANGE_MS / SPARK_STEP_MS + 1;

/** The newest steps are asked for again: what was scraped late belongs to them. */
const REPEATED_STEPS = 2;

export interface SparkWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** What to ask for: all of it at first, later what is new. Ends on a step, so that the server's cache serves all pages. */
export function sparkWindow(before: Sparks | undefined, nowMs: number): SparkWindow {
  const endMs = Math.floor(nowMs / SPARK_STEP_MS) * SPARK_STEP_MS;
  const fullMs = endMs - SPARK_RANGE_MS;
  if (before === undefined || before.endMs < fullMs || before.endMs > endMs) {
    return { startMs: fullMs, endMs };
  }
  const knownMs = before.endMs - REPEATED_STEPS * SPARK_STEP_MS;
  return { startMs: Math.max(fullMs, knownMs), endMs };
}

/** Takes an answer into what was there; series without any value left are gone. */
export function withSparkAnswer(
  before: Sparks | undefined,
  asked: SparkWindow,
  series: readonly MatrixSeries[],
): Sparks {
  const byName = new Map<string, Float64Array>();
  const shift = before === undefined ? SPARK_POINTS : stepsBetween(before.endMs, asked.endMs);
  const kept = stepsBetween(asked.endMs - SPARK_RANGE_MS, asked.startMs);
  for (const [name, values] of before?.byName ?? []) {
    const moved = new Float64Array(SPARK_POINTS).fill(Number.NaN);
    for (let i = 0; i < kept; i++) moved[i] = values[i + shift] ?? Number.NaN;
    if (moved.some((value) => !Number.isNaN(value))) byName.set(name, moved);
  }
  for (const { metric, values = [] } of series) {
    const name = metric['name'] ?? '';
    const line = byName.get(name) ?? new Float64Array(SPARK_POINTS).fill(Number.NaN);
    for (const [seconds, text] of values) {
      const i = SPARK_POINTS - 1 - stepsBetween(seconds * 1000, asked.endMs);
      if (i >= 0 && i < SPARK_POINTS) line[i] = Number(text);
    }
    byName.set(name, line);
  }
  return { endMs: asked.endMs, byName };
}

function stepsBetween(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) / SPARK_STEP_MS);
}

export interface SparkBox {
  readonly width: number;
  readonly height: number;
  /** The value at the top. */
  readonly top: number;
}

/** Paths of an SVG: the line, and the area below it. Gaps stay gaps; '' where there is nothing. */
export function sparkPaths(
  values: Float64Array,
  { width, height, top }: SparkBox,
): { readonly line: string; readonly area: string } {
  let line = '';
  let area = '';
  let from = -1;
  const x = (i: number): string => ((i / (values.length - 1)) * width).toFixed(1);
  const y = (value: number): string => {
    const share = Math.min(Math.max(value / top, 0), 1);
    return (height - 1 - share * (height - 2)).toFixed(1);
  };
  for (let i = 0; i <= values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) {
      const point = `${x(i)} ${y(value)}`;
      line += from === -1 ? `M${point}` : `L${point}`;
      area += from === -1 ? `M${x(i)} ${height}L${point}` : `L${point}`;
      if (from === -1) from = i;
    } else if (from !== -1) {
      // A point alone is a short dash.
      if (i - from === 1) line += 'h1';
      area += `L${x(i - 1)} ${height}Z`;
      from = -1;
    }
  }
  return { line, area };
}

export function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
