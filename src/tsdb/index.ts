export * from './database.ts';
export * from './reader.ts';
export * from './types.ts';
