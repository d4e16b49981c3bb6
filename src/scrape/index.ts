export type { FamilyMetadata } from './family-metadata.ts';
export type { PageCounts, TargetHealth } from './scrape-loop.ts';
export * from './scraper.ts';
export * from './target.ts';
