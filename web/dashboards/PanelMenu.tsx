import { ActionIcon, Menu } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import type { Panel, PanelPlan } from '#dashboards';
import { copyText } from '../components/copy-text.ts';
import { Icon } from '../components/Icon.tsx';
import { hrefOf, navigate } from '../location/location.ts';
import { DEFAULT_PANEL } from '../query/panel-state.ts';
import { printPanels } from '../query/panel-url.ts';
import { useScope } from './dashboard-scope.ts';
import { EditPanelItems } from './editor/EditPanelItems.tsx';
import { type InspectTab, printPageParams } from './page-params.ts';
import { downloadPanelImage } from './share/panel-image.ts';

export interface PanelMenuProps {
  readonly panel: Panel;
  readonly title: string;
  readonly panelKey: string;
  /** The id of the panel in the file. */
  readonly sourceId: number;
  readonly plan: PanelPlan;
  readonly isViewed: boolean;
  readonly onInspect: (tab: InspectTab) => void;
}

/** Opened at once: it is loaded when it is asked for. */
export function PanelMenu(props: PanelMenuProps): ReactElement {
  const { panel, title, panelKey, sourceId, plan, isViewed, onInspect } = props;
  const { change, time } = useScope();
  // Only one that opens later knows where the focus was, and gives it back.
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(true), []);
  const view = (): void =>
    change((params) => printPageParams(params, { viewPanel: isViewed ? '' : panelKey }), 'push');
  const search = exploreSearch(plan, time.range.to === 'now');
  return (
    <Menu
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      width={210}
      keepMounted={false}
    >
      <Menu.Target>
        <ActionIcon
          className="nx-tile-menu"
          autoFocus
          variant="subtle"
          color="gray"
          size={26}
          aria-label={`Menu of ${title === '' ? `panel ${panel.id}` : title}`}
        >
          <Icon name="more" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="expand" size={15} />} rightSection="v" onClick={view}>
          {isViewed ? 'All panels' : 'View'}
        </Menu.Item>
        <EditPanelItems panelId={sourceId} />
        {plan.requests.length > 0 && (
          <>
            <Menu.Item
              leftSection={<Icon name="graph" size={15} />}
              component="a"
              href={hrefOf('query', search)}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                navigate({ page: 'query', search });
              }}
            >
              Explore
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="table" size={15} />}
              rightSection="i"
              onClick={() => onInspect('data')}
            >
              Data and CSV
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="search" size={15} />}
              onClick={() => onInspect('query')}
            >
              Queries
            </Menu.Item>
          </>
        )}
        <FileItems {...props} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** What can be taken along. */
function FileItems({ panel, title, panelKey, onInspect }: PanelMenuProps): ReactElement {
  return (
    <>
      <Menu.Item leftSection={<Icon name="file" size={15} />} onClick={() => onInspect('json')}>
        JSON
      </Menu.Item>
      <Menu.Item
        leftSection={<Icon name="download" size={15} />}
        onClick={() => void downloadPanelImage(panelKey, title || `panel ${panel.id}`)}
      >
        Image (PNG)
      </Menu.Item>
      <Menu.Item
        leftSection={<Icon name="link" size={15} />}
        onClick={() => void copyText(linkTo(panelKey))}
      >
        Copy link
      </Menu.Item>
    </>
  );
}

function linkTo(panelKey: string): string {
  const { origin, pathname, search } = window.location;
  const params = printPageParams(new URLSearchParams(search), { viewPanel: panelKey });
  return `${origin}${pathname}?${params.toString()}`;
}

/** The panel's queries on the query page, as they were sent, over the same time. */
function exploreSearch({ requests, range }: PanelPlan, isLatest: boolean): string {
  const rangeMs = Math.max(range.toMs - range.fromMs, 1000);
  const endMs = isLatest ? undefined : range.toMs;
  const shown = { ...DEFAULT_PANEL, tab: 'graph', rangeMs, endMs } as const;
  const expressions = [...new Set(requests.map(({ expr }) => expr))];
  return printPanels(expressions.map((expr) => Object.assign({}, shown, { expr })));
}
