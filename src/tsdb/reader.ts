import type { Reader } from './types.ts';

/** The reading side of a database whose `attachReader` feeds it. */
export function createReader(): Reader {
  throw new Error('cannot create a reader: not built yet');
}
