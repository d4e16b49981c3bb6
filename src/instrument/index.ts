export * from './histogram.ts';
export * from './registry.ts';
export * from './scalar.ts';
export * from './series.ts';
export * from './summary.ts';
