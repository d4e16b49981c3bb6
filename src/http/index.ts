export * from './parts.ts';
export * from './pool-runner.ts';
export * from './query/answer.ts';
export * from './query/environment.ts';
export * from './query/request.ts';
export * from './server.ts';
