import { Menu } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { fetchApi } from '../api/client.ts';
import { copyText } from '../components/copy-text.ts';
import { Icon } from '../components/Icon.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { hrefOf } from '../location/location.ts';
import { printPanels } from './panel-url.ts';
import type { QueryPanelProps } from './QueryPanel.tsx';

const AddToDashboardDialog = lazy(async () => ({
  default: (await import('./add/AddToDashboardDialog.tsx')).AddToDashboardDialog,
}));

interface PanelMenuProps extends Pick<QueryPanelProps, 'state' | 'onDuplicate' | 'onRemove'> {
  readonly draft: string;
  readonly onFormatted: (text: string) => void;
}

export function PanelMenu(props: PanelMenuProps): ReactElement {
  const { state, draft, onFormatted, onDuplicate, onRemove } = props;
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isAdding, setAdding] = useState(false);
  const format = async (): Promise<void> => {
    try {
      onFormatted((await fetchApi<string>('/format_query', { query: draft })).data);
      setFailure(undefined);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={230}>
        <Menu.Target>
          <MenuButton />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="format" />} onClick={() => void format()}>
            Format expression
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="copy" />}
            onClick={() => void copyText(pinnedLink({ ...props, state }))}
          >
            Copy link, time pinned
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="add" />}
            disabled={draft.trim() === ''}
            onClick={() => setAdding(true)}
          >
            Add to a dashboard
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="duplicate" />} onClick={onDuplicate}>
            Duplicate query
          </Menu.Item>
          <Menu.Item
            leftSection={<Icon name="trash" />}
            color="var(--nx-bad)"
            disabled={onRemove === undefined}
            onClick={onRemove}
          >
            Remove query
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isAdding && (
        <Suspense fallback={null}>
          <AddToDashboardDialog expr={draft} state={state} onClose={() => setAdding(false)} />
        </Suspense>
      )}
      {failure !== undefined && (
        <p className="nx-format-failure" role="alert">
          Cannot format: {failure}
        </p>
      )}
    </>
  );
}

function MenuButton(props: object): ReactElement {
  return <IconButton {...props} icon="more" label="More" size={36} />;
}

/** A link that shows the same moment to whoever opens it, whenever. */
function pinnedLink({ state }: Pick<PanelMenuProps, 'state'>): string {
  const endMs = state.endMs ?? Math.floor(Date.now() / 1000) * 1000;
  const href = hrefOf('query', printPanels([{ ...state, endMs, refreshMs: 0, live: false }]));
  return new URL(href, window.location.href).href;
}
