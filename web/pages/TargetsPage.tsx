import { Button, Chip } from '@mantine/core';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type ReactElement, useDeferredValue, useMemo } from 'react';
import type { ActiveTarget, ScrapePoolsData, TargetHealth, TargetsData } from '#contract';
import { type ApiAnswer, fetchApi } from '../api/client.ts';
import { Empty } from '../components/Empty.tsx';
import { Loaded } from '../components/Loaded.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { SearchField } from '../components/SearchField.tsx';
import { VirtualRows } from '../components/VirtualRows.tsx';
import { formatCount } from '../format/numbers.ts';
import { readList, splitList, useSearchParams, writeList } from '../location/search-params.ts';
import { PoolHeading } from './PoolHeading.tsx';
import { PoolSelect } from './PoolSelect.tsx';
import { TargetRow } from './TargetRow.tsx';
import {
  groupTargets,
  orderTargets,
  type TargetFilter,
  type TargetGroup,
} from './target-groups.ts';

const REFRESH_MS = 5000;

export function TargetsPage(): ReactElement {
  const answer = useTargets();
  const pools = useQuery({
    queryKey: ['scrape-pools'],
    queryFn: ({ signal }) => fetchApi<ScrapePoolsData>('/scrape_pools', {}, signal),
  });
  const targets = answer.data?.data.activeTargets;
  return (
    <>
      <PageHeading title="Targets" detail={<TargetTotals targets={targets} />} />
      <Loaded query={answer} failure="Cannot load the targets" isKept rows={10}>
        {({ data }) => (
          <TargetList targets={data.activeTargets} pools={pools.data?.data.scrapePools ?? []} />
        )}
      </Loaded>
    </>
  );
}

function useTargets(): UseQueryResult<ApiAnswer<TargetsData>> {
  return useQuery({
    queryKey: ['targets', 'active'],
    queryFn: ({ signal }) => fetchApi<TargetsData>('/targets', { state: 'active' }, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    // Nearly every target has changed; comparing ten thousand with the last answer gains nothing.
    structuralSharing: false,
  });
}

interface TargetTotalsProps {
  readonly targets: readonly ActiveTarget[] | undefined;
}

function TargetTotals({ targets }: TargetTotalsProps): ReactElement {
  if (targets === undefined) return <>What is scraped, and how it went.</>;
  const count = (health: TargetHealth): number =>
    targets.filter((target) => target.health === health).length;
  const parts = [`${formatCount(count('up'))} of ${formatCount(targets.length)} up`];
  if (count('down') > 0) parts.push(`${formatCount(count('down'))} down`);
  if (count('unknown') > 0) parts.push(`${formatCount(count('unknown'))} not scraped yet`);
  return <>{parts.join(', ')}</>;
}

const HEALTHS: readonly TargetHealth[] = ['up', 'down', 'unknown'];

interface TargetListProps {
  readonly targets: readonly ActiveTarget[];
  readonly pools: readonly string[];
}

function TargetList({ targets, pools }: TargetListProps): ReactElement {
  const [params, changeParams] = useSearchParams();
  const search = useDeferredValue(params.toString());
  const filter = useMemo(() => parseFilter(new URLSearchParams(search)), [search]);
  const collapsedText = params.get('collapsed') ?? '';
  const collapsed = useMemo(() => splitList(collapsedText), [collapsedText]);
  const ordered = useMemo(() => orderTargets(targets), [targets]);
  const groups = useMemo(() => groupTargets(ordered, pools, filter), [ordered, pools, filter]);
  const toggle = (pool: string): void => {
    const next = collapsed.includes(pool)
      ? collapsed.filter((other) => other !== pool)
      : [...collapsed, pool];
    changeParams({ collapsed: writeList(next) });
  };
  const shownPools = groups.map((group) => group.pool);
  return (
    <>
      <div className="nx-filters">
        <FilterBar
          params={params}
          pools={[...new Set([...pools, ...targets.map((target) => target.scrapePool)])]}
          onChange={changeParams}
        />
        <Button
          variant="default"
          size="sm"
          onClick={() =>
            changeParams({ collapsed: collapsed.length > 0 ? undefined : writeList(shownPools) })
          }
        >
          {collapsed.length > 0 ? 'Expand all' : 'Collapse all'}
        </Button>
      </div>
      {targets.length === 0 ? (
        <Empty title="No targets yet">
          Add a job to <code>scrape_configs</code> in the configuration and reload it.
        </Empty>
      ) : groups.every((group) => group.shown.length === 0) ? (
        <Empty title="No target matches the filter">
          <Button variant="light" size="xs" onClick={() => changeParams(NO_FILTER)}>
            Show all
          </Button>
        </Empty>
      ) : (
        <GroupRows groups={groups} collapsed={collapsed} onToggle={toggle} />
      )}
    </>
  );
}

const NO_FILTER = { search: undefined, health: undefined, pool: undefined };

function parseFilter(params: URLSearchParams): TargetFilter {
  return {
    text: params.get('search') ?? '',
    health: HEALTHS.filter((health) => readList(params, 'health').includes(health)),
    pools: readList(params, 'pool'),
  };
}

interface FilterBarProps {
  readonly params: URLSearchParams;
  readonly pools: readonly string[];
  readonly onChange: (change: Record<string, string | undefined>) => void;
}

function FilterBar({ params, pools, onChange }: FilterBarProps): ReactElement {
  const chosenPools = readList(params, 'pool');
  return (
    <>
      <SearchField
        label="Filter by address or labels"
        text={params.get('search') ?? ''}
        onChange={(search) => onChange({ search })}
      />
      <Chip.Group
        multiple
        value={readList(params, 'health')}
        onChange={(health) => onChange({ health: writeList(health) })}
      >
        <div className="nx-chips" role="group" aria-label="Health">
          {HEALTHS.map((health) => (
            <Chip key={health} value={health} size="sm" variant="outline">
              {health === 'unknown' ? 'Unknown' : health === 'up' ? 'Up' : 'Down'}
            </Chip>
          ))}
        </div>
      </Chip.Group>
      {pools.length > 1 && (
        <PoolSelect
          pools={pools.toSorted()}
          chosen={chosenPools}
          onChange={(chosen) => onChange({ pool: writeList(chosen) })}
        />
      )}
    </>
  );
}

interface GroupRowsProps {
  readonly groups: readonly TargetGroup[];
  readonly collapsed: readonly string[];
  readonly onToggle: (pool: string) => void;
}

interface Row {
  readonly key: string;
  readonly group: TargetGroup;
  /** Undefined: the group's heading. */
  readonly target: ActiveTarget | undefined;
}

const HEADING_HEIGHT_PX = 64;
const TARGET_HEIGHT_PX = 78;

/** One flat list of headings and targets, so that ten thousand targets scroll as ten do. */
function GroupRows({ groups, collapsed, onToggle }: GroupRowsProps): ReactElement {
  const rows = useMemo(() => listRows(groups, collapsed), [groups, collapsed]);
  return (
    <VirtualRows
      count={rows.length}
      estimateHeight={(i) => (rows[i]?.target === undefined ? HEADING_HEIGHT_PX : TARGET_HEIGHT_PX)}
      keyOf={(i) => rows[i]?.key ?? i}
      render={(i) => {
        const row = rows[i];
        if (row === undefined) return null;
        if (row.target !== undefined) return <TargetRow target={row.target} />;
        return (
          <PoolHeading
            group={row.group}
            isOpen={!collapsed.includes(row.group.pool)}
            onToggle={() => onToggle(row.group.pool)}
          />
        );
      }}
    />
  );
}

/** Keys without the position, so that a target that goes down keeps what is unfolded in its row. */
function listRows(groups: readonly TargetGroup[], collapsed: readonly string[]): Row[] {
  const rows: Row[] = [];
  const seen = new Map<string, number>();
  for (const group of groups) {
    if (group.shown.length === 0 && group.totalCount > 0) continue;
    rows.push({ key: `pool ${group.pool}`, group, target: undefined });
    if (collapsed.includes(group.pool)) continue;
    for (const target of group.shown) {
      const name = `target ${group.pool} ${target.scrapeUrl}`;
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      rows.push({ key: count === 0 ? name : `${name} ${count}`, group, target });
    }
  }
  return rows;
}
