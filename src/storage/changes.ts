/** A moment in the life of a storage. Means nothing to another one, nor after a restart. */
export interface ChangeMark {
  /** Batches that were committed. */
  readonly commit: number;
  /** Times that samples were deleted by hand. */
  readonly deletion: number;
  /** Times that old samples were given up. */
  readonly drop: number;
}

/** Samples of `startMs` <= t < `endMs` are as they were. Milliseconds; infinite where all are. */
export interface UnchangedTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** Tells which samples have changed since a moment: what was computed from the others still holds. */
export interface ChangeSource {
  mark(): ChangeMark;
  /** Undefined: any sample may have changed. */
  unchangedSince(mark: ChangeMark): UnchangedTimes | undefined;
}
