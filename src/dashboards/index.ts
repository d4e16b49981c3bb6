export type * from './dashboard.ts';
export type * from './field-settings.ts';
export type * from './frame.ts';
export type * from './panel-options.ts';
export type * from './variable.ts';
