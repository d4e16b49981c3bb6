export * from './page-parser.ts';
