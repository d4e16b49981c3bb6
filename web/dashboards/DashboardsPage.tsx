import '../styles/dashboards.css';
import { Button, MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useDeferredValue, useState, useSyncExternalStore } from 'react';
import type { DashboardEntry, DashboardsData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Ago } from '../components/Ago.tsx';
import { Empty } from '../components/Empty.tsx';
import { Icon } from '../components/Icon.tsx';
import { Loaded } from '../components/Loaded.tsx';
import { Notice } from '../components/Notice.tsx';
import { SearchField } from '../components/SearchField.tsx';
import { formatCount } from '../format/numbers.ts';
import { navigate } from '../location/location.ts';
import { PageLink } from '../location/PageLink.tsx';
import { readList, useSearchParams, writeList } from '../location/search-params.ts';
import { filterEntries, groupEntries, itemOf, tagsOf } from './dashboard-list.ts';
import { dirtyUids, subscribeToDrafts } from './editor/edit-drafts.ts';
import { NEW_DASHBOARD_PLACE } from './editor/new-dashboard-place.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { useFileDrop } from './use-file-drop.ts';

/** What there is to look at, by folder. */
export function DashboardsPage(): ReactElement {
  const query = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
  });
  const [imported, setImported] = useState<{ readonly text: string } | undefined>(undefined);
  const isDragged = useFileDrop((text) => setImported({ text }), imported === undefined);
  return (
    <>
      <div className="nx-dash-head">
        <h1 className="nx-title">Dashboards</h1>
        <div className="nx-dash-tools">
          <Button
            size="sm"
            variant="default"
            leftSection={<Icon name="file" size={16} />}
            onClick={() => setImported({ text: '' })}
          >
            Import
          </Button>
          <Button
            size="sm"
            leftSection={<Icon name="add" size={16} />}
            onClick={() => navigate(NEW_DASHBOARD_PLACE)}
          >
            New dashboard
          </Button>
        </div>
      </div>
      <Loaded query={query} failure="Cannot load the dashboards" isKept rows={10}>
        {(data) => <DashboardList data={data} onImport={() => setImported({ text: '' })} />}
      </Loaded>
      {isDragged && <div className="nx-drop-veil">Drop a dashboard’s JSON to import it</div>}
      {imported !== undefined && (
        <ImportDialog
          initialText={imported.text}
          entries={query.data?.dashboards ?? []}
          onClose={() => setImported(undefined)}
        />
      )}
    </>
  );
}

interface DashboardListProps {
  readonly data: DashboardsData;
  readonly onImport: () => void;
}

const NO_FILTER = { search: undefined, tag: undefined };

function DashboardList({ data, onImport }: DashboardListProps): ReactElement {
  const [params, change] = useSearchParams();
  const text = params.get('search') ?? '';
  const tags = readList(params, 'tag');
  const search = useDeferredValue(text);
  const groups = groupEntries(
    filterEntries(data.dashboards, { text: search, tags, origin: undefined }),
  );
  if (data.dashboards.length === 0) {
    return (
      <>
        <Unreadable problems={data.problems} />
        <NoDashboards onImport={onImport} />
      </>
    );
  }
  return (
    <>
      <div className="nx-filters">
        <SearchField
          label="Search dashboards"
          text={text}
          onChange={(search) => change({ search })}
        />
        <TagFilter
          all={tagsOf(data.dashboards)}
          chosen={tags}
          onChange={(next) => change({ tag: writeList(next) })}
        />
      </div>
      <Unreadable problems={data.problems} />
      {groups.length === 0 ? (
        <Empty title="No dashboard matches">
          <Button variant="light" size="xs" onClick={() => change(NO_FILTER)}>
            Show all
          </Button>
        </Empty>
      ) : (
        groups.map((group) => (
          <section key={group.title} className="nx-dash-folder" aria-label={group.title}>
            <h2>
              {group.title} <span className="nx-quiet">{formatCount(group.entries.length)}</span>
            </h2>
            <ul className="nx-card nx-dash-list">
              {group.entries.map((entry) => (
                <EntryRow
                  key={entry.uid}
                  entry={entry}
                  onTag={(tag) => change({ tag: writeList([...new Set([...tags, tag])]) })}
                />
              ))}
            </ul>
          </section>
        ))
      )}
    </>
  );
}

function NoDashboards({ onImport }: Pick<DashboardListProps, 'onImport'>): ReactElement {
  return (
    <Empty title="No dashboards yet">
      Any of Grafana’s works: drop its JSON here, or{' '}
      <Button variant="light" size="xs" onClick={onImport}>
        import one
      </Button>{' '}
      or{' '}
      <Button variant="light" size="xs" onClick={() => navigate(NEW_DASHBOARD_PLACE)}>
        make one
      </Button>
    </Empty>
  );
}

interface TagFilterProps {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
}

function TagFilter({ all, chosen, onChange }: TagFilterProps): ReactElement | null {
  if (all.length === 0 && chosen.length === 0) return null;
  return (
    <MultiSelect
      className="nx-dash-tags"
      aria-label="Tags"
      placeholder={chosen.length === 0 ? 'All tags' : undefined}
      data={[...new Set([...all, ...chosen])]}
      value={[...chosen]}
      onChange={onChange}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Clear tags' }}
      nothingFoundMessage="No such tag"
    />
  );
}

interface EntryRowProps {
  readonly entry: DashboardEntry;
  readonly onTag: (tag: string) => void;
}

function EntryRow({ entry, onTag }: EntryRowProps): ReactElement {
  const changedMs = Date.parse(entry.changedAt);
  const isEdited = useSyncExternalStore(subscribeToDrafts, dirtyUids).includes(entry.uid);
  return (
    <li className="nx-dash-row">
      <div className="nx-dash-name">
        <PageLink page="d" item={itemOf(entry)}>
          {entry.title === '' ? entry.uid : entry.title}
        </PageLink>
        {isEdited && <span className="nx-dash-unsaved">not saved yet</span>}
        {entry.description !== '' && <p className="nx-quiet">{entry.description}</p>}
      </div>
      <div className="nx-dash-row-tags">
        {entry.tags.map((tag) => (
          <button key={tag} type="button" className="nx-tag" onClick={() => onTag(tag)}>
            {tag}
          </button>
        ))}
      </div>
      <span className="nx-quiet nx-number nx-dash-count">
        {formatCount(entry.panels)} {entry.panels === 1 ? 'panel' : 'panels'}
      </span>
      <span className="nx-quiet nx-dash-changed">
        {entry.origin === 'own' && !Number.isNaN(changedMs) ? (
          <Ago timeMs={changedMs} />
        ) : (
          ORIGIN_WORDS[entry.origin]
        )}
      </span>
    </li>
  );
}

const ORIGIN_WORDS: Readonly<Record<DashboardEntry['origin'], string>> = {
  own: '',
  provisioned: 'from a folder',
  shipped: 'built in',
};

function Unreadable({
  problems,
}: {
  readonly problems: DashboardsData['problems'];
}): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <Notice kind="warning" title="Some files could not be read">
      <ul className="nx-notice-list">
        {problems.map(({ path, message }) => (
          <li key={path}>
            <code>{path}</code>: {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
