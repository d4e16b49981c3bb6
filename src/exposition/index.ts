export * from './content-type.ts';
export * from './create-parser.ts';
export * from './page-parser.ts';
export { formatOpenMetricsFloat } from './series-labels.ts';
