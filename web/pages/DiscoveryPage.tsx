import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import type { LabelObject, TargetsData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Empty } from '../components/Empty.tsx';
import { Icon } from '../components/Icon.tsx';
import { Labels } from '../components/Labels.tsx';
import { Loaded } from '../components/Loaded.tsx';
import { Notice } from '../components/Notice.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { SearchField } from '../components/SearchField.tsx';
import { VirtualRows } from '../components/VirtualRows.tsx';
import { formatCount, formatCounted } from '../format/numbers.ts';
import { readList, useSearchParams, writeList } from '../location/search-params.ts';
import { LabelsCompared } from './LabelsCompared.tsx';
import { PoolSelect } from './PoolSelect.tsx';
import { RelabelStepsButton } from './RelabelSteps.tsx';
import { matchesText } from './target-groups.ts';

const REFRESH_MS = 10_000;

export function DiscoveryPage(): ReactElement {
  const query = useQuery({
    queryKey: ['targets', 'any'],
    queryFn: ({ signal }) => fetchApi<TargetsData>('/targets', { state: 'any' }, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHeading
        title="Service discovery"
        detail="What was discovered, and what relabelling made of it."
      />
      <Loaded query={query} failure="Cannot load what was discovered" isKept rows={10}>
        {({ data }) => <DiscoveryList targets={data} />}
      </Loaded>
    </>
  );
}

interface Discovered {
  readonly pool: string;
  readonly discovered: LabelObject;
  readonly labels: LabelObject | undefined;
}

function listDiscovered({ activeTargets, droppedTargets }: TargetsData): Discovered[] {
  const active = activeTargets.map(({ scrapePool, discoveredLabels, labels }) => ({
    pool: scrapePool,
    discovered: discoveredLabels,
    labels,
  }));
  const dropped = droppedTargets.map(({ scrapePool, discoveredLabels }) => ({
    // Servers before 3.x do not name the pool of a dropped target.
    pool: scrapePool ?? discoveredLabels['job'] ?? '',
    discovered: discoveredLabels,
    labels: undefined,
  }));
  return [...active, ...dropped].toSorted((a, b) =>
    a.pool < b.pool ? -1 : a.pool > b.pool ? 1 : 0,
  );
}

function DiscoveryList({ targets }: { readonly targets: TargetsData }): ReactElement {
  const [params] = useSearchParams();
  const all = useMemo(() => listDiscovered(targets), [targets]);
  const filter = readFilter(params);
  const shown = all.filter((item) => matchesFilter(item, filter));
  const notKept = countNotKept(targets);
  return (
    <>
      <DiscoveryFilters pools={[...new Set(all.map((item) => item.pool))]} />
      {notKept > 0 && (
        <Notice kind="info">
          {formatCounted(notKept, 'dropped target')} not kept, by <code>keep_dropped_targets</code>{' '}
          in the configuration.
        </Notice>
      )}
      <p className="nx-list-count">
        {formatCount(shown.length)} of {formatCounted(all.length, 'discovered target')}
      </p>
      {shown.length === 0 ? (
        <Empty title={all.length === 0 ? 'Nothing discovered yet' : 'Nothing matches the filter'} />
      ) : (
        <VirtualRows
          count={shown.length}
          estimateHeight={() => 72}
          keyOf={(i) => `${shown[i]?.pool} ${Object.values(shown[i]?.discovered ?? {}).join(' ')}`}
          render={(i) => {
            const item = shown[i];
            return item === undefined ? null : <DiscoveredRow item={item} />;
          }}
        />
      )}
    </>
  );
}

interface DiscoveryFilter {
  readonly text: string;
  readonly state: string;
  readonly pools: readonly string[];
}

function readFilter(params: URLSearchParams): DiscoveryFilter {
  return {
    text: params.get('search') ?? '',
    state: params.get('state') ?? 'any',
    pools: readList(params, 'pool'),
  };
}

function matchesFilter(item: Discovered, { text, state, pools }: DiscoveryFilter): boolean {
  const isDropped = item.labels === undefined;
  if (state !== 'any' && (state === 'dropped') !== isDropped) return false;
  if (pools.length > 0 && !pools.includes(item.pool)) return false;
  const labels = [...Object.entries(item.discovered), ...Object.entries(item.labels ?? {})];
  return matchesText(
    text,
    labels.map(([name, value]) => `${name}=${value} ${name}="${value}"`),
  );
}

function DiscoveryFilters({ pools }: { readonly pools: readonly string[] }): ReactElement {
  const [params, changeParams] = useSearchParams();
  const filter = readFilter(params);
  return (
    <div className="nx-filters">
      <SearchField
        label="Filter by labels"
        text={filter.text}
        onChange={(search) => changeParams({ search })}
      />
      <SegmentedControl
        aria-label="Which targets"
        value={filter.state}
        onChange={(next) => changeParams({ state: next === 'any' ? undefined : next })}
        data={[
          { value: 'any', label: 'All' },
          { value: 'active', label: 'Active' },
          { value: 'dropped', label: 'Dropped' },
        ]}
      />
      <PoolSelect
        pools={pools}
        chosen={filter.pools}
        onChange={(chosen) => changeParams({ pool: writeList(chosen) })}
      />
    </div>
  );
}

function countNotKept({ droppedTargets, droppedTargetCounts }: TargetsData): number {
  if (droppedTargetCounts === null || droppedTargetCounts === undefined) return 0;
  const total = Object.values(droppedTargetCounts).reduce((sum, count) => sum + count, 0);
  return Math.max(total - droppedTargets.length, 0);
}

function DiscoveredRow({ item }: { readonly item: Discovered }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { pool, discovered, labels } = item;
  return (
    <article
      className="nx-target nx-discovered"
      data-health={labels === undefined ? 'dropped' : 'up'}
    >
      <div className="nx-target-main">
        <span className="nx-discovered-pool">{pool}</span>
        <div className="nx-target-what">
          <span className="nx-target-url">{discovered['__address__']}</span>
          {labels === undefined ? (
            <span className="nx-dropped">dropped by relabelling</span>
          ) : (
            <Labels labels={labels} first={['instance', 'job']} />
          )}
        </div>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          aria-expanded={isOpen}
          leftSection={<Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={16} />}
          onClick={() => setOpen(!isOpen)}
        >
          {formatCounted(Object.keys(discovered).length, 'discovered label')}
        </Button>
      </div>
      {isOpen && (
        <div className="nx-target-detail">
          <LabelsCompared discovered={discovered} labels={labels} />
          <RelabelStepsButton pool={pool} labels={discovered} />
        </div>
      )}
    </article>
  );
}
