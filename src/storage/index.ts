export * from './appender.ts';
export * from './changes.ts';
export * from './columns.ts';
export * from './label-spans.ts';
export * from './querier.ts';
export * from './memory.ts';
export * from './merge.ts';
export * from './shared-series.ts';
