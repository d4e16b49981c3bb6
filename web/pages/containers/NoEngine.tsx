import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { EngineData, QueryData, RuntimeInfoData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Mark } from '../../components/Mark.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { parseRfc3339 } from '../../format/times.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { formatCpuLimit, formatShare } from './amounts.ts';
import type { HostValues } from './container-values.ts';
import { formatAge } from './state-words.ts';

interface NoEngineProps {
  readonly engine: EngineData;
  readonly host: HostValues;
}

/** Why there are no containers to see, what to do about it, and what is watched all the same. */
export function NoEngine({ engine, host }: NoEngineProps): ReactElement {
  const isTrying = engine.status === 'connecting';
  return (
    <section className="nx-card nx-no-engine" aria-label="No engine">
      <Mark size={52} />
      <div>
        <h2>{isTrying ? 'Looking for a Docker Engine …' : noEngineTitle(engine)}</h2>
        {engine.error !== '' && <p className="nx-no-engine-why">{engine.error}</p>}
        {!isTrying && <Advice />}
        <h3>Meanwhile Narthex watches this host and itself</h3>
        <OwnFigures host={host} />
        <p>
          <PageLink page="targets">Targets</PageLink> · <PageLink page="query">Query</PageLink> ·{' '}
          <PageLink page="docker">What Narthex may ask of an engine</PageLink>
        </p>
      </div>
    </section>
  );
}

function noEngineTitle({ status, address }: EngineData): string {
  if (status === 'absent') return 'There is no Docker Engine here';
  return `Cannot reach the Docker Engine at ${address}`;
}

function Advice(): ReactElement {
  return (
    <ul className="nx-no-engine-advice">
      <li>
        Is it running? <code>docker version</code> answers where it is.
      </li>
      <li>
        May this user read its socket? Add it to the group <code>docker</code>, then start Narthex
        again.
      </li>
      <li>
        Is Narthex in a container? Give it the socket:{' '}
        <code>-v /var/run/docker.sock:/var/run/docker.sock:ro</code>
      </li>
      <li>
        Is it elsewhere? Say where: <code>--docker.host=tcp://docker.example:2375</code>, or the
        variable <code>DOCKER_HOST</code>.
      </li>
    </ul>
  );
}

const UP_QUERY =
  'label_replace(sum(up), "of", "up", "", "") or label_replace(count(up), "of", "all", "", "")';

function OwnFigures({ host }: { readonly host: HostValues }): ReactElement {
  const targets = useQuery({
    queryKey: ['targets-up'],
    queryFn: ({ signal }) => fetchApi<QueryData>('/query', { query: UP_QUERY }, signal),
    refetchInterval: 15_000,
  });
  const runtime = useQuery({
    queryKey: ['runtimeinfo'],
    queryFn: ({ signal }) => fetchApi<RuntimeInfoData>('/status/runtimeinfo', {}, signal),
    refetchInterval: 15_000,
  });
  const { hostCpuShare, hostCpus, hostMemoryBytes, hostMemoryUsedBytes } = host;
  const startedMs = parseRfc3339(runtime.data?.data.startTime ?? '');
  const figures = [
    ['Host CPU', hostCpuShare === undefined ? undefined : cpuWords(hostCpuShare, hostCpus)],
    [
      'Host memory',
      hostMemoryBytes === undefined || hostMemoryUsedBytes === undefined
        ? undefined
        : `${formatBytes(hostMemoryUsedBytes)} of ${formatBytes(hostMemoryBytes)}`,
    ],
    ['Targets up', targets.data === undefined ? undefined : upWords(targets.data.data)],
    ['Narthex runs for', startedMs === undefined ? undefined : formatAge(Date.now() - startedMs)],
  ] as const;
  return (
    <dl className="nx-figures">
      {figures.map(
        ([title, text]) =>
          text !== undefined && (
            <div key={title}>
              <dt>{title}</dt>
              <dd className="nx-number">{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function cpuWords(share: number, cpus: number | undefined): string {
  const used = formatShare(share);
  return cpus === undefined ? used : `${used} of ${formatCpuLimit(cpus)}`;
}

function upWords(data: QueryData): string | undefined {
  if (data.resultType !== 'vector') return undefined;
  const read = (of: string): number =>
    Number(data.result.find(({ metric }) => metric['of'] === of)?.value?.[1] ?? 0);
  return `${formatCount(read('up'))} of ${formatCount(read('all'))}`;
}
