import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import type { AnnotationData, ContainerData, ContainerTarget } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Empty } from '../../components/Empty.tsx';
import { Failure } from '../../components/Failure.tsx';
import { Icon } from '../../components/Icon.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { Notice } from '../../components/Notice.tsx';
import { formatCounted } from '../../format/numbers.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { useSearchParams } from '../../location/search-params.ts';
import { DEFAULT_PANEL } from '../../query/panel-state.ts';
import { printPanels } from '../../query/panel-url.ts';
import { applicationGraphs, selectorOf } from './graph-specs.ts';
import { GraphGrid } from './GraphsTab.tsx';
import { metricExpression } from './metric-expression.ts';
import type { TimeWindow } from './page-state.ts';

interface ApplicationTabProps {
  readonly container: ContainerData;
  readonly window: TimeWindow;
  readonly events: readonly AnnotationData[];
  readonly onZoom: (startMs: number, endMs: number) => void;
}

/** What the container's own program tells of itself. */
export function ApplicationTab(props: ApplicationTabProps): ReactElement {
  const { container, ...shared } = props;
  const [params, change] = useSearchParams();
  const { targets } = container;
  const chosen = targets.find(({ scrapeUrl }) => scrapeUrl === params.get('target')) ?? targets[0];
  if (chosen === undefined) return <NoApplication container={container} />;
  return (
    <>
      {targets.length > 1 && (
        <NativeSelect
          className="nx-target-choice"
          label="Target"
          value={chosen.scrapeUrl}
          onChange={(event) => change({ target: event.currentTarget.value })}
          data={targets.map(({ scrapeUrl }) => scrapeUrl)}
        />
      )}
      {chosen.health === 'down' && (
        <Notice kind="warning" title="It is not scraped at the moment">
          {chosen.lastError} <DoctorLink container={container} />
        </Notice>
      )}
      <TargetMetrics key={chosen.scrapeUrl} target={chosen} {...shared} />
    </>
  );
}

function DoctorLink({ container }: Pick<ApplicationTabProps, 'container'>): ReactElement {
  return (
    <PageLink page="containers" item={container.name} search="?tab=doctor">
      Ask the scrape doctor
    </PageLink>
  );
}

function NoApplication({ container }: Pick<ApplicationTabProps, 'container'>): ReactElement {
  return (
    <Empty title="No metrics of its own">
      {container.targetsAbsentBecause !== '' && <p>{container.targetsAbsentBecause}</p>}
      <DoctorLink container={container} />
    </Empty>
  );
}

interface TargetMetricsProps extends Omit<ApplicationTabProps, 'container'> {
  readonly target: ContainerTarget;
}

/** What tells a target's series apart; other labels may be put on them by relabelling. */
function targetSelector({ labels }: ContainerTarget): string {
  const wanted = ['job', 'instance'].flatMap((name) => {
    const value = labels[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return selectorOf(Object.fromEntries(wanted.length === 0 ? Object.entries(labels) : wanted));
}

function TargetMetrics({ target, ...shared }: TargetMetricsProps): ReactElement {
  const selector = targetSelector(target);
  const { data, error, refetch } = useQuery({
    queryKey: ['target-metrics', selector],
    queryFn: ({ signal }) =>
      fetchApi<readonly string[]>('/label/__name__/values', { 'match[]': selector }, signal),
    refetchInterval: 30_000,
  });
  const names = data?.data;
  const specs = useMemo(() => applicationGraphs(new Set(names)), [names]);
  if (error !== null) {
    return <Failure what="Cannot load its metrics" error={error} onRetry={() => void refetch()} />;
  }
  if (names === undefined) return <LoadingRows count={8} />;
  return (
    <>
      <GraphGrid specs={specs} selector={selector} series={`up${selector}`} {...shared} />
      <MetricNames names={names} selector={selector} />
    </>
  );
}

interface MetricNamesProps {
  readonly names: readonly string[];
  readonly selector: string;
}

function MetricNames({ names, selector }: MetricNamesProps): ReactElement {
  const [text, setText] = useState('');
  const shown = names.filter((name) => name.includes(text.trim()));
  return (
    <section className="nx-metric-names">
      <div className="nx-section-head">
        <h2>{formatCounted(names.length, 'metric')}</h2>
        {names.length > 20 && (
          <TextInput
            size="xs"
            aria-label="Filter the metrics"
            placeholder="Filter"
            leftSection={<Icon name="search" size={14} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </div>
      <ul>
        {shown.map((name) => (
          <li key={name}>
            <PageLink page="query" search={searchOf(name, selector)} className="nx-code">
              {name}
            </PageLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

function searchOf(name: string, selector: string): string {
  const expr = metricExpression(name, selector);
  return printPanels([{ ...DEFAULT_PANEL, expr, tab: 'graph', rangeMs: 900_000 }]);
}
