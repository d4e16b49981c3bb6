import type { ReactElement } from 'react';

interface StatSparklineProps {
  readonly times: Float64Array | undefined;
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
  /** Of the axis, where the field names them. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Decoration: the value beside it says what counts. */
export function StatSparkline(props: StatSparklineProps): ReactElement {
  const { width, height, colour } = props;
  const { line, area } = sparkPaths(props);
  return (
    <svg
      className="nx-stat-spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={area} fill={colour} opacity={0.18} />
      <path d={line} fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}

/** A gap in the values is a gap in the line. */
export function sparkPaths(props: Omit<StatSparklineProps, 'colour'>): {
  line: string;
  area: string;
} {
  const { values, times, width, height } = props;
  const [low, high] = rangeOf(values, props.min, props.max);
  const first = times?.[0] ?? 0;
  const last = times?.at(-1) ?? values.length - 1;
  const scaleX = last > first ? width / (last - first) : 0;
  const scaleY = high > low ? (height - 3) / (high - low) : 0;
  const steps = Math.max(1, Math.floor(values.length / Math.max(1, width * 2)));
  let line = '';
  let area = '';
  let start = -1;
  let x = 0;
  for (let i = 0; i < values.length; i += steps) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      if (start >= 0) area += `L${x} ${height}L${start} ${height}Z`;
      start = -1;
      continue;
    }
    x = round(((times?.[i] ?? i) - first) * scaleX);
    const y = scaleY === 0 ? round(height / 2) : round(height - 1.5 - (value - low) * scaleY);
    const point = `${start < 0 ? 'M' : 'L'}${x} ${y}`;
    if (start < 0) start = x;
    line += point;
    area += point;
  }
  if (start >= 0) area += `L${x} ${height}L${start} ${height}Z`;
  return { line, area };
}

function rangeOf(values: Float64Array, min?: number, max?: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [Math.min(min ?? low, low), Math.max(max ?? high, high)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
