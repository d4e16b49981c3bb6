export * from './clock.ts';
export * from './disk.ts';
export * from './log.ts';
export * from './http-client.ts';
export * from './http-client-error.ts';
export * from './http-client-options.ts';
export * from './thread-pool.ts';
export * from './thread.ts';
