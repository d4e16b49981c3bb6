export * from './database.ts';
export { DirectoryLockedError } from './directory-lock.ts';
export * from './reader.ts';
export * from './types.ts';
