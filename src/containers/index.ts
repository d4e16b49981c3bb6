export type * from './container.ts';
export * from './application-discovery.ts';
export type { Choice } from './choice.ts';
export * from './probe-metrics.ts';
export type { Vantage } from './reach.ts';
export * from './engine-targets.ts';
export { findOwnContainer } from './own-container.ts';
export type { OwnTraces } from './own-container.ts';
