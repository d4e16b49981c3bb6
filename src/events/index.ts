export type * from './event.ts';
export type { EventCounts } from './event-metrics.ts';
export * from './event-store.ts';
