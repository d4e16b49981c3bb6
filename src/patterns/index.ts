export { compileSearch } from './compile-search.ts';
export type { Search, SearchMatcher } from './search.ts';
export { simpleSearch } from './simple-search.ts';
