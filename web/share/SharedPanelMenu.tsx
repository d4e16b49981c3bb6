import { ActionIcon, Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import { useScope } from '../dashboards/dashboard-scope.ts';
import { printPageParams } from '../dashboards/page-params.ts';
import type { PanelMenuProps } from '../dashboards/PanelMenu.tsx';
import { downloadPanelImage } from '../dashboards/share/panel-image.ts';

/** What of a panel's menu needs no server. */
export function PanelMenuButton(props: PanelMenuProps): ReactElement {
  const { panel, title, panelKey, plan, isViewed, onInspect } = props;
  const { change } = useScope();
  const view = (): void =>
    change((params) => printPageParams(params, { viewPanel: isViewed ? '' : panelKey }), 'push');
  const name = title === '' ? `panel ${panel.id}` : title;
  return (
    <Menu position="bottom-end" shadow="md" width={190} keepMounted={false}>
      <Menu.Target>
        <ActionIcon
          className="nx-tile-menu"
          variant="subtle"
          color="gray"
          size={26}
          aria-label={`Menu of ${name}`}
        >
          <Icon name="more" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="expand" size={15} />} rightSection="v" onClick={view}>
          {isViewed ? 'All panels' : 'View'}
        </Menu.Item>
        {plan.requests.length > 0 && (
          <Menu.Item
            leftSection={<Icon name="table" size={15} />}
            onClick={() => onInspect('data')}
          >
            Data and CSV
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<Icon name="download" size={15} />}
          onClick={() => void downloadPanelImage(panelKey, name)}
        >
          Image (PNG)
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
