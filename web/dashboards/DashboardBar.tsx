import type { ReactElement } from 'react';
import { interpolate } from '#dashboards';
import { IconButton } from '../components/IconButton.tsx';
import { PageLink } from '../location/PageLink.tsx';
import { DashboardLinks } from './DashboardLinks.tsx';
import { DashboardProblems } from './DashboardProblems.tsx';
import type { DashboardScope } from './dashboard-scope.ts';
import { DoctorButton } from './doctor/DoctorButton.tsx';
import { EditButton, EditLine } from './editor/EditTools.tsx';
import { printPageParams } from './page-params.ts';
import { ShareButton } from './share/ShareButton.tsx';
import { RefreshPicker } from './RefreshPicker.tsx';
import { TimePicker } from './TimePicker.tsx';
import type { Variables } from './use-variables.ts';

interface DashboardBarProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

/** Stays at the top while the panels scroll: what is shown, and of which time. */
export function DashboardBar({ scope, variables }: DashboardBarProps): ReactElement {
  const { dashboard, entry, time, params, change, values } = scope;
  const title = interpolate(dashboard.title, values, {}, { format: 'text', timeZone: time.zone });
  const toggleKiosk = (): void =>
    change((search) => printPageParams(search, { isKiosk: !params.isKiosk }));
  return (
    <div className="nx-dash-bar">
      <div className="nx-dash-title">
        <PageLink page="dashboards" className="nx-dash-crumb">
          Dashboards
        </PageLink>
        {entry.folder !== '' && <span className="nx-dash-crumb">{entry.folder}</span>}
        <h1 title={dashboard.description === '' ? undefined : dashboard.description}>
          {title === '' ? 'Untitled' : title}
        </h1>
        {!params.isKiosk && <DashboardProblems scope={scope} variables={variables} />}
      </div>
      <div className="nx-dash-tools">
        {!params.hidesLinks && <DashboardLinks scope={scope} />}
        {!dashboard.isTimePickerHidden && !params.hidesTime && (
          <>
            <TimePicker time={time} />
            <RefreshPicker time={time} offered={dashboard.refreshIntervals} live={scope.live} />
          </>
        )}
        <IconButton
          icon={params.isKiosk ? 'close' : 'monitor'}
          label={params.isKiosk ? 'Leave kiosk (Esc)' : 'Kiosk (d k)'}
          variant="default"
          onClick={toggleKiosk}
        />
        {!params.isKiosk && <ShareButton scope={scope} variables={variables} />}
        {!params.isKiosk && <DoctorButton />}
        <EditButton scope={scope} />
      </div>
      <EditLine scope={scope} />
    </div>
  );
}
