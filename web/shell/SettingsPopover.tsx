import { Popover } from '@mantine/core';
import { lazy, type ReactElement, Suspense } from 'react';
import { IconButton } from '../components/IconButton.tsx';
import { LoadingRows } from '../components/Loading.tsx';

const SettingsList = lazy(async () => ({
  default: (await import('./SettingsList.tsx')).SettingsList,
}));

export function SettingsPopover(): ReactElement {
  return (
    <Popover position="bottom-end" width={290} shadow="md" withArrow trapFocus>
      <Popover.Target>
        <IconButtonTarget />
      </Popover.Target>
      <Popover.Dropdown aria-label="Settings">
        <Suspense fallback={<LoadingRows count={6} />}>
          <SettingsList />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Popover hands its own properties to the target, so the button takes any. */
function IconButtonTarget(props: object): ReactElement {
  return <IconButton {...props} icon="settings" label="Settings" />;
}
