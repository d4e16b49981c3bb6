export * from './content-type.ts';
export * from './create-parser.ts';
export * from './escape-families.ts';
export * from './negotiate.ts';
export * from './page-parser.ts';
export { formatOpenMetricsFloat } from './series-labels.ts';
export * from './write-openmetrics.ts';
export { FamilyError, writeText } from './write-text.ts';
