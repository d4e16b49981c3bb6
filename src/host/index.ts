export { chooseCollectors, CollectorsError } from './choose-collectors.ts';
export type { HostPaths } from './host.ts';
export { systemHostFiles } from './host-files.ts';
export { createHostPage } from './host-page.ts';
export type { HostPage, HostPageOptions } from './host-page.ts';
export { systemFacts } from './system-facts.ts';
export type { SystemFacts } from './system-facts.ts';
