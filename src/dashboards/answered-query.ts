/** What an answer was asked for. */
export interface AnsweredQuery {
  readonly refId: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  readonly legend: string;
  /** Names a series without labels. */
  readonly expr?: string;
}

/** A time column, and the row of an instant in it. */
export interface TimeColumn {
  readonly values: Float64Array;
  readonly rowOf: (ms: number) => number;
}
