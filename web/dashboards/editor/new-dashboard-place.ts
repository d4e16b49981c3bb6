import type { Navigation } from '../../location/location.ts';
import { NEW_DASHBOARD } from '../../location/paths.ts';

/** Where a dashboard is made. */
export const NEW_DASHBOARD_PLACE: Navigation = {
  page: 'dashboards',
  item: NEW_DASHBOARD,
  search: '?edit=1',
};
