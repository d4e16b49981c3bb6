/**
 * Names the series of a set, and how far each may be read, to other threads that read the same storage.
 * Crosses threads by postMessage; opaque to all but the storage that made it.
 */
export interface SharedSeries {
  readonly kind: string;
}

/** The first `count` numbers of a column, in memory that other threads see in place. */
export function sharedInt32(column: ArrayLike<number>, count: number): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(count * 4));
  if (ArrayBuffer.isView(column)) shared.set((column as Int32Array).subarray(0, count));
  else for (let i = 0; i < count; i++) shared[i] = column[i] ?? 0;
  return shared;
}
