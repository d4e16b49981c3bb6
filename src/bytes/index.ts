export * from './snappy.ts';
