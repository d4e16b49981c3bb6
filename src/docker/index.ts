export type * from './engine.ts';
export { uncalled } from './allowed-calls.ts';
export * from './docker-engine.ts';
export { DockerError, isRefusal, unlessRefused } from './docker-error.ts';
export type { DockerErrorCode } from './docker-error.ts';
export { findDockerEngine } from './engine-address.ts';
export type { EngineEndpoint, EngineSearch, SocketState } from './engine-address.ts';
