export type * from './answer.ts';
export type * from './containers.ts';
export type * from './explain.ts';
export type * from './query.ts';
export type * from './rules.ts';
export type * from './status.ts';
export type * from './syntax-tree.ts';
export type * from './targets.ts';
