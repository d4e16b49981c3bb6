export * from './analyze-block.ts';
export * from './block-filler.ts';
export * from './data-directory.ts';
export * from './read-only-database.ts';
