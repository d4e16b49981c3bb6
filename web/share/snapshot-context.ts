import { createContext, useContext } from 'react';
import type { DashboardSnapshot } from '#dashboards';

export const SnapshotContext = createContext<DashboardSnapshot | undefined>(undefined);

/** Throws outside of a shared dashboard. */
export function useSnapshot(): DashboardSnapshot {
  const snapshot = useContext(SnapshotContext);
  if (snapshot === undefined) throw new Error('cannot draw a panel without its data');
  return snapshot;
}
