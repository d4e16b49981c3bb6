import type { Frame, NumberField } from '#dashboards';

/** A row of a heatmap. */
export interface HeatRow {
  /** Bounds of its values; NaN where its name is no number. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  /** One for each time; NaN where there is none. */
  readonly counts: Float64Array;
}

export interface HeatCells {
  /** Milliseconds, the end of each cell. */
  readonly times: Float64Array;
  readonly stepMs: number;
  /** From the bottom. */
  readonly rows: readonly HeatRow[];
  readonly countMax: number;
}

/** The rows of frames whose fields are buckets. */
export function bucketCells(frames: readonly Frame[], stepMs: number): HeatCells {
  const frame = frames.find(({ fields }) => fields.some((field) => field.type === 'number'));
  const times = frame?.fields.find((field) => field.type === 'time')?.values;
  const fields = (frame?.fields ?? []).filter((field) => field.type === 'number');
  const rows = fields.map(rowOf);
  return cellsOf(times ?? new Float64Array(0), stepMs, rows);
}

function rowOf(field: NumberField): HeatRow {
  const name = field.legend || field.name;
  const to = readBound(field.labels['le'] ?? name);
  const from = readBound(field.labels['ge'] ?? '');
  return { from, to, name, counts: field.values };
}

function readBound(text: string): number {
  if (text === '') return NaN;
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function cellsOf(times: Float64Array, stepMs: number, rows: readonly HeatRow[]): HeatCells {
  let countMax = 0;
  for (const { counts } of rows) {
    for (const count of counts) if (count > countMax && count !== Infinity) countMax = count;
  }
  return { times, stepMs, rows, countMax };
}

const VALUE_ROWS = 20;
const COLUMNS_MAX = 120;

/** Values counted into buckets of their own, for heatmaps of plain series. */
export function valueCells(
  times: Float64Array,
  columns: readonly Float64Array[],
  stepMs: number,
): HeatCells {
  const [low, high] = boundsOf(columns);
  if (times.length === 0 || low > high) return cellsOf(times, stepMs, []);
  const span = high - low || Math.abs(high) || 1;
  const size = niceSize(span / VALUE_ROWS);
  const start = Math.floor(low / size) * size;
  const rowCount = Math.min(VALUE_ROWS * 3, Math.floor((high - start) / size) + 1);
  const perColumn = Math.max(1, Math.ceil(times.length / COLUMNS_MAX));
  const ends = Float64Array.from(
    { length: Math.ceil(times.length / perColumn) },
    (_, i) => times[Math.min((i + 1) * perColumn, times.length) - 1] ?? 0,
  );
  const counts = Array.from({ length: rowCount }, () => new Float64Array(ends.length));
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i] ?? NaN;
      if (!Number.isFinite(value)) continue;
      const row = counts[Math.min(rowCount - 1, Math.floor((value - start) / size))];
      const place = Math.floor(i / perColumn);
      if (row !== undefined) row[place] = (row[place] ?? 0) + 1;
    }
  }
  const rows = counts.map((row, i): HeatRow => {
    const from = start + i * size;
    const to = start + (i + 1) * size;
    return { from, to, name: String(Number(to.toPrecision(10))), counts: row };
  });
  return cellsOf(ends, stepMs * perColumn, rows);
}

function boundsOf(columns: readonly Float64Array[]): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** 1, 2, 2.5 or 5 times a power of ten, at least as much as asked. */
export function niceSize(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Which of `steps` colours a count has, -1 for none. */
export function heatStep(
  count: number,
  countMax: number,
  scale: { readonly steps: number; readonly exponent: number; readonly hidesBelow: number },
): number {
  if (!(count > scale.hidesBelow) || countMax <= 0) return -1;
  const share = Math.min(1, count / countMax) ** scale.exponent;
  return Math.min(scale.steps - 1, Math.floor(share * scale.steps));
}
