/** Which labels count: those that are named, or all but these. */
export interface LabelChoice {
  readonly names: readonly string[];
  readonly without: boolean;
}

/** Series by the values of some of their labels. */
export interface SeriesGroups {
  readonly count: number;
  /** By index of the series: 0 for the first group that appears, 1 for the next. */
  readonly ids: Int32Array;
}
