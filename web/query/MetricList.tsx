import { Badge, Modal, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactElement, useMemo, useRef, useState } from 'react';
import type { MetadataData, NamesData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Failure } from '../components/Failure.tsx';
import { Icon } from '../components/Icon.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { formatCount, formatCounted } from '../format/numbers.ts';
import { filterMetrics, type MetricMatch } from './metric-filter.ts';
import { findMetadata, type MetricMetadata } from './metric-metadata.ts';

interface MetricListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onChoose: (name: string) => void;
}

/** All metrics to choose from, in a dialog. */
export function MetricList({ isOpen, onClose, onChoose }: MetricListProps): ReactElement {
  const isPhone = useMediaQuery('(max-width: 640px)') ?? false;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Metrics"
      size={860}
      fullScreen={isPhone}
      yOffset="8vh"
      classNames={{ body: 'nx-metrics-body' }}
      closeButtonProps={{ 'aria-label': 'Close the list of metrics' }}
    >
      <MetricSearch onChoose={onChoose} />
    </Modal>
  );
}

const LIST_FRESH_MS = 30_000;

function MetricSearch({ onChoose }: Pick<MetricListProps, 'onChoose'>): ReactElement {
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(0);
  const names = useQuery({
    queryKey: ['metric-names'],
    queryFn: ({ signal }) => fetchApi<NamesData>('/label/__name__/values', {}, signal),
    staleTime: LIST_FRESH_MS,
  });
  const metadata = useQuery({
    queryKey: ['metadata'],
    queryFn: ({ signal }) => fetchApi<MetadataData>('/metadata', {}, signal),
    staleTime: LIST_FRESH_MS,
  });
  const all = names.data?.data;
  const matches = useMemo(() => filterMetrics(all ?? [], filter), [all, filter]);
  if (names.error !== null) {
    return (
      <Failure
        what="Cannot load the names of the metrics"
        error={names.error}
        onRetry={() => void names.refetch()}
      />
    );
  }
  const press = (event: KeyboardEvent): void => {
    const next = moveActive(event.key, active, matches.length);
    if (next !== undefined) setActive(next);
    const chosen = matches[active];
    if (event.key === 'Enter' && chosen !== undefined) onChoose(chosen.name);
    if (next !== undefined || event.key === 'Enter') event.preventDefault();
  };
  return (
    <>
      <TextInput
        data-autofocus
        placeholder="Search, for example “http dur”"
        leftSection={<Icon name="search" />}
        value={filter}
        onChange={(event) => {
          setFilter(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={press}
        role="combobox"
        aria-label="Search metrics"
        aria-expanded
        aria-controls="nx-metric-list"
        aria-activedescendant={matches.length > 0 ? `nx-metric-${active}` : undefined}
      />
      <p className="nx-quiet nx-metrics-count" aria-live="polite">
        {all === undefined
          ? 'Loading'
          : filter === ''
            ? formatCounted(all.length, 'metric')
            : `${formatCount(matches.length)} of ${formatCounted(all.length, 'metric')}`}
      </p>
      {all === undefined ? (
        <LoadingRows count={8} />
      ) : (
        <MetricOptions
          matches={matches}
          active={active}
          metadata={metadata.data?.data ?? {}}
          onChoose={onChoose}
        />
      )}
    </>
  );
}

const PAGE_ROWS = 8;

function moveActive(key: string, active: number, count: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: PAGE_ROWS,
    PageUp: -PAGE_ROWS,
  };
  const move = moves[key];
  if (move === undefined || count === 0) return undefined;
  return Math.min(Math.max(active + move, 0), count - 1);
}

interface MetricOptionsProps {
  readonly matches: readonly MetricMatch[];
  readonly active: number;
  readonly metadata: MetadataData;
  readonly onChoose: (name: string) => void;
}

function MetricOptions({ matches, active, metadata, onChoose }: MetricOptionsProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const shownActive = useRef(active);
  const virtualizer = useVirtualizer({
    count: matches.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 54,
    getItemKey: (index) => matches[index]?.name ?? index,
    overscan: 10,
  });
  if (shownActive.current !== active) {
    shownActive.current = active;
    queueMicrotask(() => virtualizer.scrollToIndex(active));
  }
  if (matches.length === 0) {
    return <p className="nx-metrics-none">No metric matches.</p>;
  }
  return (
    <div
      ref={scroller}
      id="nx-metric-list"
      role="listbox"
      aria-label="Metrics"
      className="nx-metrics-scroller"
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map((item) => {
          const match = matches[item.index];
          if (match === undefined) return null;
          return (
            <div
              key={item.key}
              id={`nx-metric-${item.index}`}
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-metric={match.name}
              role="option"
              aria-selected={item.index === active}
              className="nx-metric"
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => onChoose(match.name)}
            >
              <MetricDescription match={match} described={findMetadata(metadata, match.name)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface MetricDescriptionProps {
  readonly match: MetricMatch;
  readonly described: MetricMetadata | undefined;
}

function MetricDescription({ match, described }: MetricDescriptionProps): ReactElement {
  return (
    <>
      <span className="nx-metric-head">
        <span className="nx-metric-name">{markHits(match)}</span>
        {described !== undefined && described.type !== 'unknown' && (
          <Badge size="sm" variant="light" color="gray" tt="none">
            {described.type}
          </Badge>
        )}
      </span>
      <span className="nx-metric-help">{described?.help ?? ''}</span>
    </>
  );
}

function markHits({ name, hits }: MetricMatch): ReactElement[] {
  const marked = new Set(hits);
  const parts: ReactElement[] = [];
  let start = 0;
  for (let i = 1; i <= name.length; i++) {
    if (i < name.length && marked.has(i) === marked.has(start)) continue;
    const text = name.slice(start, i);
    parts.push(
      marked.has(start) ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
    );
    start = i;
  }
  return parts;
}
