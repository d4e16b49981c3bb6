export * from './promql.ts';
