import type { ReactElement } from 'react';
import type { ContainersData } from '#contract';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatCpuLimit, formatShare } from './amounts.ts';
import { matchesState } from './container-rows.ts';
import type { HostValues } from './container-values.ts';
import type { StateFilter } from './list-state.ts';
import type { LiveContainers } from './live-containers.ts';
import { Meter } from './Meter.tsx';

interface EngineSummaryProps {
  readonly data: ContainersData;
  readonly host: HostValues;
  readonly connection: LiveContainers['connection'];
}

/** One line: which engine, how many containers are how, how the host is. */
export function EngineSummary({ data, host, connection }: EngineSummaryProps): ReactElement {
  const count = (filter: StateFilter): number =>
    data.containers.filter((container) => matchesState(container, filter)).length;
  const counts = [
    { word: 'running', count: count('running'), isAlways: true },
    { word: 'unhealthy', count: count('unhealthy'), isAlways: false },
    { word: 'stopped', count: count('stopped'), isAlways: false },
  ];
  return (
    <div className="nx-engine-line">
      <span className="nx-line-engine" title={data.engine.address}>
        {data.engine.product === '' ? 'Docker' : data.engine.product}
      </span>
      {counts
        .filter((entry) => entry.isAlways || entry.count > 0)
        .map(({ word, count: number }) => (
          <span key={word} className="nx-line-count" data-word={word}>
            <strong className="nx-number">{formatCount(number)}</strong> {word}
          </span>
        ))}
      <HostFigures host={host} />
      <span className="nx-live-dot" data-connection={connection} role="status">
        {connection === 'open' ? 'Live' : connection === 'lost' ? 'Connection lost' : 'Connecting'}
      </span>
    </div>
  );
}

export function HostFigures({ host }: { readonly host: HostValues }): ReactElement | null {
  const { hostCpuShare, hostCpus, hostMemoryUsedBytes, hostMemoryBytes } = host;
  return (
    <>
      {hostCpuShare !== undefined && (
        <span className="nx-line-host">
          Host CPU <Meter share={hostCpuShare} />
          <span className="nx-number">
            {formatShare(hostCpuShare)}
            {hostCpus !== undefined && ` of ${formatCpuLimit(hostCpus)}`}
          </span>
        </span>
      )}
      {hostMemoryUsedBytes !== undefined && hostMemoryBytes !== undefined && (
        <span className="nx-line-host">
          Memory <Meter share={hostMemoryUsedBytes / hostMemoryBytes} />
          <span className="nx-number">
            {formatBytes(hostMemoryUsedBytes)} of {formatBytes(hostMemoryBytes)}
          </span>
        </span>
      )}
    </>
  );
}
