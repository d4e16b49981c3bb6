export * from './discovery-metrics.ts';
export * from './discovery.ts';
export * from './dns-lookup.ts';
export * from './group-files.ts';
export * from './group-list.ts';
export { hostPort } from './host-port.ts';
export { isAcceptedContentType } from './http-discovery.ts';
export * from './job-groups.ts';
export * from './settings-key.ts';
