import { Button } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import { readDashboard } from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { LoadingRows } from '../../../components/Loading.tsx';
import '../../../styles/dashboard-settings.css';
import { printPageParams } from '../../page-params.ts';
import { usePageSearch } from '../../use-page-search.ts';
import { type DashboardSettingsProps, SETTINGS_TABS, type SettingsTab } from '../editor-props.ts';
import { VersionsTab } from '../history/VersionsTab.tsx';
import { AnnotationsSettings } from './AnnotationsSettings.tsx';
import { GeneralSettings } from './GeneralSettings.tsx';
import { LinksSettings } from './LinksSettings.tsx';
import { SettingsContext } from './settings-edit.ts';
import { VariablesSettings } from './VariablesSettings.tsx';

const JsonSettings = lazy(async () => ({
  default: (await import('./JsonSettings.tsx')).JsonSettings,
}));

const TITLES: Readonly<Record<SettingsTab, string>> = {
  settings: 'General',
  variables: 'Variables',
  annotations: 'Annotations',
  links: 'Links',
  json: 'JSON',
  versions: 'Versions',
};

/** What belongs to the dashboard as a whole. Each change is one of the file, saved with all others. */
export function DashboardSettings(props: DashboardSettingsProps): ReactElement {
  const { json, variables, onChange, onClose, tab } = props;
  const dashboard = useMemo(() => readDashboard(json), [json]);
  const edit = useMemo(
    () => ({ json, dashboard, change: onChange, variables }),
    [json, dashboard, onChange, variables],
  );
  return (
    <SettingsContext value={edit}>
      <section className="nx-settings" aria-label="Settings of the dashboard">
        <div className="nx-settings-side">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<Icon name="back" size={14} />}
            onClick={onClose}
          >
            Back to the dashboard
          </Button>
          <SettingsTabs tab={tab} />
        </div>
        <div className="nx-settings-body">
          <h2>{TITLES[tab]}</h2>
          <SettingsBody tab={tab} />
        </div>
      </section>
    </SettingsContext>
  );
}

function openTab(editView: SettingsTab): (params: URLSearchParams) => URLSearchParams {
  return (params) => {
    const next = printPageParams(params, { editView });
    next.delete('editIndex');
    return next;
  };
}

function SettingsTabs({ tab }: { readonly tab: SettingsTab }): ReactElement {
  const [search, change] = usePageSearch();
  return (
    <nav className="nx-settings-tabs" aria-label="Settings">
      {SETTINGS_TABS.map((one) => (
        <a
          key={one}
          href={`?${openTab(one)(new URLSearchParams(search)).toString()}`}
          aria-current={one === tab ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            change(openTab(one), 'push');
          }}
        >
          {TITLES[one]}
        </a>
      ))}
    </nav>
  );
}

function SettingsBody({ tab }: { readonly tab: SettingsTab }): ReactElement {
  switch (tab) {
    case 'settings':
      return <GeneralSettings />;
    case 'variables':
      return <VariablesSettings />;
    case 'annotations':
      return <AnnotationsSettings />;
    case 'links':
      return <LinksSettings />;
    case 'json':
      return (
        <Suspense fallback={<LoadingRows count={12} />}>
          <JsonSettings />
        </Suspense>
      );
    case 'versions':
      return <VersionsTab />;
  }
}
