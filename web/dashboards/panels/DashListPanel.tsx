import '../../styles/dashboard-panels.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { DashboardEntry, DashboardsData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { useSearchParams } from '../../location/search-params.ts';
import { filterEntries, itemOf } from '../dashboard-list.ts';
import type { PanelProps } from './panel-props.ts';

type DashListOptions = PanelProps<'dashlist'>['options'];

export function DashListPanel({ options, interpolate }: PanelProps<'dashlist'>): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
  });
  const [parameters] = useSearchParams();
  if (error !== null) return <p className="nx-panel-words">{error.message}</p>;
  if (data === undefined) return <p className="nx-panel-words">Asking for the list…</p>;
  const entries = listedEntries(data.dashboards, options, interpolate(options.query));
  if (entries.length === 0) return <p className="nx-panel-words">No dashboard is like that</p>;
  const search = linkSearch(options, interpolate('${__url_time_range}'), parameters);
  return (
    <ul className="nx-panel-list">
      {entries.map((entry) => (
        <li key={entry.uid}>
          <PageLink page="d" item={itemOf(entry)} search={search}>
            {entry.title === '' ? entry.uid : entry.title}
          </PageLink>
          {entry.folder !== '' && <span className="nx-quiet">{entry.folder}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Stars and visits are not kept here: a list of only those lists all. */
export function listedEntries(
  entries: readonly DashboardEntry[],
  options: Pick<DashListOptions, 'tags' | 'countMax' | 'showsSearch'>,
  text: string,
): readonly DashboardEntry[] {
  const { tags, countMax, showsSearch } = options;
  const filter = showsSearch ? { text, tags } : { text: '', tags: [] };
  const found = filterEntries(entries, { ...filter, origin: undefined });
  return found.slice(0, countMax > 0 ? countMax : 10);
}

export function linkSearch(
  options: Pick<DashListOptions, 'keepsTime' | 'keepsVariables'>,
  timeParameters: string,
  parameters: URLSearchParams,
): string {
  const kept = new URLSearchParams(options.keepsTime ? timeParameters : '');
  if (options.keepsVariables) {
    for (const [name, value] of parameters) if (name.startsWith('var-')) kept.append(name, value);
  }
  const text = kept.toString();
  return text === '' ? '' : `?${text}`;
}
