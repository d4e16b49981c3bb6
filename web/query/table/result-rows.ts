import type { HistogramValue, LabelObject, QueryData } from '#contract';

export interface ResultPoint {
  readonly timeMs: number;
  readonly value: string | HistogramValue;
}

export interface ResultRowData {
  /** Scalars and strings have no series. */
  readonly metric: LabelObject | 'scalar' | 'string';
  readonly points: readonly ResultPoint[];
  /** Over time (a matrix), not at one moment. */
  readonly isRange: boolean;
}

/** One row a series, whatever the result's type. */
export function toRows(data: QueryData): ResultRowData[] {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return [{ metric: data.resultType, points: [toPoint(data.result)], isRange: false }];
    case 'vector':
      return data.result.map(({ metric, value, histogram }) => ({
        metric,
        points: [value, histogram].filter((point) => point !== undefined).map(toPoint),
        isRange: false,
      }));
    case 'matrix':
      return data.result.map(({ metric, values = [], histograms = [] }) => ({
        metric,
        points: [...values.map(toPoint), ...histograms.map(toPoint)].toSorted(
          (a, b) => a.timeMs - b.timeMs,
        ),
        isRange: true,
      }));
  }
}

function toPoint([seconds, value]: readonly [number, string | HistogramValue]): ResultPoint {
  return { timeMs: Math.round(seconds * 1000), value };
}
