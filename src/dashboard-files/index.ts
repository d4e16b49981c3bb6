export * from './dashboard-error.ts';
export * from './dashboard-store.ts';
export { isRecord, parseJson, type JsonRecord, type StoredDashboard } from './dashboard-file.ts';
