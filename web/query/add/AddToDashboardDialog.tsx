import { Button, Modal, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DashboardData, DashboardEntry, DashboardsData } from '#contract';
import { isDashboardResource, type JsonObject, spanText } from '#dashboards';
import { formatDuration } from '#model';
import { fetchApi } from '../../api/client.ts';
import { Notice } from '../../components/Notice.tsx';
import { arrivingState } from '../../dashboards/editor/arriving-panel.ts';
import { NEW_DASHBOARD_PLACE } from '../../dashboards/editor/new-dashboard-place.ts';
import { navigate } from '../../location/location.ts';
import type { PanelState } from '../panel-state.ts';
import { panelOfQuery, type QueryPanelType } from './panel-of-query.ts';

interface AddToDashboardDialogProps {
  /** As it stands in the editor. */
  readonly expr: string;
  readonly state: PanelState;
  readonly onClose: () => void;
}

/** No uid has a space in it. */
const NEW = 'a new one';
const TITLE_CHARACTERS = 60;

/** A query becomes a panel of a dashboard, which opens with it; nothing is saved by that. */
export function AddToDashboardDialog(props: AddToDashboardDialogProps): ReactElement {
  const { expr, state, onClose } = props;
  const [title, setTitle] = useState(() => titleOf(expr));
  const [type, setType] = useState<QueryPanelType>(state.tab === 'table' ? 'table' : 'timeseries');
  const [chosen, setChosen] = useState(NEW);
  const [problem, setProblem] = useState('');
  const { data, error, isPending } = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
  });
  const add = async (): Promise<void> => {
    const panel = arrivingState(panelOfQuery({ expr, state, type, title: title.trim() }));
    if (chosen === NEW) {
      const search = `?edit=1&${timeOf(state).toString()}`;
      navigate({ ...NEW_DASHBOARD_PLACE, search, state: panel });
      return;
    }
    const found = await whyNotTo(chosen);
    setProblem(found);
    if (found === '') navigate({ page: 'd', item: chosen, search: '?edit=1', state: panel });
  };
  return (
    <Modal opened onClose={onClose} title="Add to a dashboard" size="md">
      <form
        className="nx-add-panel"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Select
          label="Dashboard"
          data={choicesOf(data?.dashboards ?? [])}
          value={chosen}
          onChange={(value) => setChosen(value ?? NEW)}
          allowDeselect={false}
          searchable
          nothingFoundMessage="No dashboard has this name"
          disabled={isPending}
          {...(error === null ? {} : { error: `There is no list: ${error.message}` })}
        />
        <TextInput
          label="Title of the panel"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="Shown as"
          value={type}
          onChange={(value) => setType(value)}
          data={[
            { value: 'timeseries', label: 'Graph over time' },
            { value: 'table', label: 'Table' },
            { value: 'stat', label: 'Number' },
          ]}
        />
        {problem !== '' && (
          <Notice kind="error" title="The panel cannot be added">
            {problem}
          </Notice>
        )}
        <p className="nx-quiet">
          It opens there to be placed and edited, and is not saved before you do.
        </p>
        <Button type="submit">Add</Button>
      </form>
    </Modal>
  );
}

/** Those of others come back as copies when they are saved, so they are not offered. */
function choicesOf(
  entries: readonly DashboardEntry[],
): { readonly group: string; readonly items: { value: string; label: string }[] }[] {
  const own = entries.filter(({ origin }) => origin === 'own');
  const folders = [...new Set(own.map(({ folder }) => folder))].toSorted();
  const groups = folders.map((folder) => ({
    group: folder === '' ? 'General' : folder,
    items: own
      .filter((entry) => entry.folder === folder)
      .map(({ uid, title }) => ({ value: uid, label: title })),
  }));
  return [{ group: '', items: [{ value: NEW, label: 'A new dashboard' }] }, ...groups];
}

/** '' where it can be edited. */
async function whyNotTo(uid: string): Promise<string> {
  try {
    const path = `/dashboards/uid/${encodeURIComponent(uid)}`;
    const { dashboard } = (await fetchApi<DashboardData>(path, {})).data;
    // What the API answers is JSON.
    return isDashboardResource(dashboard as JsonObject)
      ? 'It is in the form of Grafana’s resources, which are shown, not edited.'
      : '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function titleOf(expr: string): string {
  const line = expr.trim().replaceAll(/\s+/g, ' ');
  return line.length > TITLE_CHARACTERS ? `${line.slice(0, TITLE_CHARACTERS - 1)}…` : line;
}

/** A new dashboard shows what the query page did. */
function timeOf({ rangeMs, endMs }: PanelState): URLSearchParams {
  const { from, to } =
    endMs === undefined
      ? { from: `now-${formatDuration(rangeMs)}`, to: 'now' }
      : spanText({ fromMs: endMs - rangeMs, toMs: endMs });
  return new URLSearchParams({ from, to });
}
