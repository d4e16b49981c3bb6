import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { BuildInfoData, RuntimeInfoData } from '#contract';
import { fetchApi } from '../api/client.ts';
import { Ago } from '../components/Ago.tsx';
import { Failure } from '../components/Failure.tsx';
import { LoadingRows } from '../components/Loading.tsx';
import { PageHeading } from '../components/PageHeading.tsx';
import { formatInstant, parseRfc3339, type Zone } from '../format/times.ts';
import { useZone } from '../settings/settings.ts';
import { NameTable } from './NameTable.tsx';

export function StatusPage(): ReactElement {
  const runtime = useQuery({
    queryKey: ['runtimeinfo'],
    queryFn: ({ signal }) => fetchApi<RuntimeInfoData>('/status/runtimeinfo', {}, signal),
    refetchInterval: 15_000,
  });
  const build = useQuery({
    queryKey: ['buildinfo'],
    queryFn: ({ signal }) => fetchApi<BuildInfoData>('/status/buildinfo', {}, signal),
  });
  const zone = useZone();
  const error = runtime.error ?? build.error;
  return (
    <>
      <PageHeading title="Runtime & build" />
      {error !== null ? (
        <Failure
          what="Cannot load the server’s status"
          error={error}
          onRetry={() => void Promise.all([runtime.refetch(), build.refetch()])}
        />
      ) : runtime.data === undefined || build.data === undefined ? (
        <LoadingRows count={12} />
      ) : (
        <div className="nx-columns">
          <section>
            <h2>Runtime</h2>
            <InfoTable info={runtime.data.data} titles={RUNTIME_TITLES} zone={zone} />
          </section>
          <section>
            <h2>Build</h2>
            <InfoTable info={build.data.data} titles={BUILD_TITLES} zone={zone} />
          </section>
        </div>
      )}
    </>
  );
}

/** In the order shown; what the server adds beyond comes after, under its own name. */
const RUNTIME_TITLES: Readonly<Record<string, string>> = {
  startTime: 'Started',
  hostname: 'Host name',
  serverTime: 'Server time',
  CWD: 'Working directory',
  reloadConfigSuccess: 'Last reload of the configuration',
  lastConfigTime: 'Configuration loaded',
  storageRetention: 'Storage retention',
  corruptionCount: 'WAL corruptions',
  threadCount: 'Threads',
  nodeVersion: 'Node.js',
};

const BUILD_TITLES: Readonly<Record<string, string>> = {
  narthexVersion: 'Narthex',
  version: 'API as Prometheus',
  nodeVersion: 'Node.js',
  revision: 'Revision',
  branch: 'Branch',
  buildUser: 'Built by',
  buildDate: 'Built',
};

/** Of the Go runtime, which is not there. */
const HIDDEN = new Set([
  'goroutineCount',
  'GOMAXPROCS',
  'GOMEMLIMIT',
  'GOGC',
  'GODEBUG',
  'goVersion',
]);

interface InfoTableProps {
  readonly info: object;
  readonly titles: Readonly<Record<string, string>>;
  readonly zone: Zone;
}

function InfoTable({ info, titles, zone }: InfoTableProps): ReactElement {
  const values = new Map<string, unknown>(Object.entries(info));
  const names = [
    ...Object.keys(titles).filter((name) => values.has(name)),
    ...[...values.keys()].filter((name) => !(name in titles) && !HIDDEN.has(name)),
  ];
  const rows = names.map((name) => ({
    name: titles[name] ?? name,
    value: formatInfo(name, values.get(name), zone),
  }));
  return <NameTable rows={rows} headings={['Property', 'Value']} />;
}

function formatInfo(name: string, value: unknown, zone: Zone): ReactNode {
  if (name === 'reloadConfigSuccess') return value === true ? 'successful' : 'failed';
  const text = String(value);
  if (text === '') return <span className="nx-quiet">–</span>;
  const timeMs = name.endsWith('Time') ? parseRfc3339(text) : undefined;
  if (timeMs === undefined) return text;
  return (
    <>
      <span className="nx-number">{formatInstant(timeMs, zone)}</span>{' '}
      <span className="nx-quiet">
        (<Ago timeMs={timeMs} />)
      </span>
    </>
  );
}
