import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { NameCount, TsdbStatusData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Loaded } from '../components/Loaded.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { formatInstant, type Zone } from '../format/times.ts';
import { useZone } from '../settings/settings.ts';
import { NameTable } from './NameTable.tsx';

export function TsdbPage(): ReactElement {
  const query = useQuery({
    queryKey: ['tsdb'],
    queryFn: ({ signal }) => fetchApi<TsdbStatusData>('/status/tsdb', {}, signal),
    refetchInterval: 15_000,
  });
  return (
    <>
      <PageHeading title="TSDB status" detail="What the head holds, and what takes its room." />
      <Loaded query={query} failure="Cannot load the status of the storage" rows={12}>
        {({ data }) => <TsdbTables status={data} />}
      </Loaded>
    </>
  );
}

function TsdbTables({ status }: { readonly status: TsdbStatusData }): ReactElement {
  const zone = useZone();
  const { headStats: head } = status;
  return (
    <>
      <dl className="nx-figures">
        <Figure title="Series" value={formatCount(head.numSeries)} />
        <Figure title="Chunks" value={formatCount(head.chunkCount)} />
        <Figure title="Label pairs" value={formatCount(head.numLabelPairs)} />
        <Figure title="Oldest sample" value={formatHeadTime(head.minTime, zone)} />
        <Figure title="Newest sample" value={formatHeadTime(head.maxTime, zone)} />
      </dl>
      <div className="nx-columns">
        <TopTen title="Label names by values" counts={status.labelValueCountByLabelName} />
        <TopTen title="Metric names by series" counts={status.seriesCountByMetricName} />
        <TopTen
          title="Label names by memory"
          counts={status.memoryInBytesByLabelName}
          format={formatBytes}
        />
        <TopTen title="Label pairs by series" counts={status.seriesCountByLabelValuePair} />
      </div>
    </>
  );
}

function Figure({
  title,
  value,
}: {
  readonly title: string;
  readonly value: string;
}): ReactElement {
  return (
    <div>
      <dt>{title}</dt>
      <dd className="nx-number">{value}</dd>
    </div>
  );
}

/** An empty head has the largest and the smallest int64, far outside what a Date can be. */
function formatHeadTime(timeMs: number, zone: Zone): string {
  return Math.abs(timeMs) > 8.64e15 ? 'none yet' : formatInstant(timeMs, zone);
}

interface TopTenProps {
  readonly title: string;
  readonly counts: readonly NameCount[];
  readonly format?: (count: number) => string;
}

function TopTen({ title, counts, format = formatCount }: TopTenProps): ReactElement {
  return (
    <section>
      <h2>{title}</h2>
      <NameTable
        rows={counts.map(({ name, value }) => ({ name, value: format(value) }))}
        headings={['Name', title.includes('memory') ? 'Memory' : 'Count']}
        isNumeric
      />
    </section>
  );
}
