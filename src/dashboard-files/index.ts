export * from './dashboard-error.ts';
export * from './dashboard-store.ts';
export { isRecord, parseJson, type JsonRecord, type StoredDashboard } from './dashboard-file.ts';
export type { ProvisionedDatasource } from './provisioning.ts';
export { slugOf } from './file-names.ts';
