export * from './database.ts';
export { DirectoryLockedError } from './directory-lock.ts';
export { createReader } from './reader.ts';
export * from './block/compaction-job.ts';
export * from './block/compaction-thread.ts';
export * from './types.ts';
export * from './offline/index.ts';
export { BLOCK_RANGE_MS } from './block/plan.ts';
