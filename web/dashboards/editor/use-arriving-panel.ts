import { useEffect } from 'react';
import { navigate, usePlace } from '../../location/location.ts';
import { readArrivingPanel } from './arriving-panel.ts';
import type { EditedDashboard } from './use-edited-dashboard.ts';

/** A panel that another page handed over becomes part of the dashboard, once, and unsaved. */
export function useArrivingPanel(edited: EditedDashboard): void {
  const { page, item, search, state } = usePlace();
  useEffect(() => {
    const arriving = readArrivingPanel(state);
    if (arriving === undefined || page === undefined) return;
    navigate({ page, item, search, replace: true });
    void import('./layout-actions.ts').then(({ addArrivingPanel }) =>
      addArrivingPanel(edited, arriving),
    );
  }, [edited, page, item, search, state]);
}
