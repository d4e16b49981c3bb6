import { memo, type ReactElement, type ReactNode } from 'react';
import type { ContainerData } from '#contract';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { formatByteRate, formatCpu, formatCpuLimit, formatCpuShare } from './amounts.ts';
import type { ContainerRow } from './container-rows.ts';
import type { ContainerValues } from './container-values.ts';
import { Meter } from './Meter.tsx';
import { scrapeWords } from './scrape-words.ts';
import { Since } from './Since.tsx';
import { Sparkline } from './Sparkline.tsx';
import { largestOf } from './sparks.ts';
import { StateMark } from './StateMark.tsx';
import { endReason, isAlive, stateWords } from './state-words.ts';

interface ContainerRowViewProps {
  readonly row: ContainerRow;
  /** With the headings, from 1. */
  readonly rowNumber: number;
  readonly spark: Float64Array | undefined;
  readonly sparkOf: 'cpu' | 'memory';
  /** Where the row stands below a heading with its project, the name can do without. */
  readonly isGrouped: boolean;
}

export const ContainerRowView = memo(function ContainerRowView(
  props: ContainerRowViewProps,
): ReactElement {
  const { row, rowNumber, spark, sparkOf, isGrouped } = props;
  const { container, values } = row;
  const words = stateWords(container);
  const isRunning = isAlive(container);
  return (
    <div
      className="nx-container"
      role="row"
      aria-rowindex={rowNumber}
      data-gone={!isRunning}
      data-tone={words.tone}
      data-grouped={isGrouped}
    >
      <Cell name="name">
        <PageLink page="containers" item={container.name} className="nx-container-name">
          {container.name}
        </PageLink>
        <span className="nx-container-image" title={container.image}>
          {container.image}
        </span>
      </Cell>
      <Cell name="state">
        <StateMark tone={words.tone} word={words.word} />
        <HealthNote container={container} />
      </Cell>
      <Cell name="uptime">
        <Since container={container} />
      </Cell>
      {isRunning && container.state !== 'restarting' ? (
        <Usage container={container} values={values} />
      ) : (
        <div role="cell" className="nx-cell nx-cell-reason" aria-colspan={3}>
          <span title={endReason(container)}>{endReason(container)}</span>
        </div>
      )}
      <Cell name="restarts" label="Restarts">
        <span
          className="nx-number"
          data-some={container.restarts > 0}
          data-many={container.restarts >= MANY_RESTARTS}
        >
          {formatCount(container.restarts)}
        </span>
      </Cell>
      <Cell name="spark">
        {spark !== undefined && (
          <Sparkline
            values={spark}
            top={topOf(spark, sparkOf, container)}
            label={sparkLabel(spark, sparkOf)}
          />
        )}
      </Cell>
      <Cell name="metrics" label="Metrics">
        <ScrapeMark container={container} />
      </Cell>
    </div>
  );
});

interface CellProps {
  readonly name: string;
  /** Shown where there are no headings: on a phone. */
  readonly label?: string;
  readonly children: ReactNode;
}

function Cell({ name, label, children }: CellProps): ReactElement {
  return (
    <div role="cell" className={`nx-cell nx-cell-${name}`}>
      {label !== undefined && <span className="nx-cell-label">{label}</span>}
      {children}
    </div>
  );
}

/** What the state's own word does not say. */
function HealthNote({ container }: { readonly container: ContainerData }): ReactElement | null {
  const { state, health, exitCode } = container;
  if (state === 'running') {
    return health === 'healthy' ? <span className="nx-cell-note">healthy</span> : null;
  }
  if (isAlive(container) || exitCode === null) return null;
  return <span className="nx-cell-note">code {exitCode}</span>;
}

interface UsageProps {
  readonly container: ContainerData;
  readonly values: ContainerValues;
}

function Usage({ container, values }: UsageProps): ReactElement {
  const { cpu, memoryBytes, receivedBytes, sentBytes } = values;
  const { cpuLimit, memoryLimitBytes } = container;
  return (
    <>
      <Cell name="cpu" label="CPU">
        <span className="nx-amount" title={cpu === undefined ? undefined : cpuTitle(cpu, cpuLimit)}>
          <span className="nx-number">{cpu === undefined ? '–' : formatCpu(cpu)}</span>
          {cpuLimit > 0 && <span className="nx-of">of {formatCpuShare(cpuLimit)}</span>}
        </span>
        {cpuLimit > 0 && cpu !== undefined && <Meter share={cpu / cpuLimit} />}
      </Cell>
      <Cell name="memory" label="Memory">
        <span className="nx-amount">
          <span className="nx-number">
            {memoryBytes === undefined ? '–' : formatBytes(memoryBytes)}
          </span>
          {memoryLimitBytes > 0 && (
            <span className="nx-of">of {formatBytes(memoryLimitBytes)}</span>
          )}
        </span>
        {memoryLimitBytes > 0 && memoryBytes !== undefined && (
          <Meter share={memoryBytes / memoryLimitBytes} />
        )}
      </Cell>
      <Cell name="network" label="Network">
        <span className="nx-traffic nx-number">
          <Traffic direction="in" bytes={receivedBytes} />
          <Traffic direction="out" bytes={sentBytes} />
        </span>
      </Cell>
    </>
  );
}

function cpuTitle(cpu: number, limit: number): string {
  const of = limit > 0 ? ` of ${formatCpuLimit(limit)}` : '; no limit';
  return `${cpu.toFixed(3)} CPUs in use${of}`;
}

interface TrafficProps {
  readonly direction: 'in' | 'out';
  readonly bytes: number | undefined;
}

function Traffic({ direction, bytes }: TrafficProps): ReactElement {
  return (
    <span data-idle={bytes === undefined || bytes < 1}>
      <span aria-hidden="true">{direction === 'in' ? '↓' : '↑'}</span>
      <span className="nx-hidden">{direction}</span>{' '}
      {bytes === undefined ? '–' : formatByteRate(bytes)}
    </span>
  );
}

function ScrapeMark({ container }: { readonly container: ContainerData }): ReactElement | null {
  const { tone, word, detail } = scrapeWords(container);
  if (word === '') return null;
  return (
    <PageLink
      page="containers"
      item={container.name}
      search="?tab=doctor"
      className="nx-scrape"
      data-tone={tone}
      title={detail}
    >
      {word}
      <span className="nx-hidden"> {detail}</span>
    </PageLink>
  );
}

/** A few come with new versions. */
const MANY_RESTARTS = 5;

/** Idle ones shall look idle. */
const CPU_TOP_MIN = 0.05;
const MEMORY_HEADROOM = 1.25;

function topOf(spark: Float64Array, of: 'cpu' | 'memory', container: ContainerData): number {
  const largest = largestOf(spark);
  if (of === 'cpu') return Math.max(largest, CPU_TOP_MIN);
  return Math.max(largest * MEMORY_HEADROOM, container.memoryLimitBytes, 1);
}

function sparkLabel(spark: Float64Array, of: 'cpu' | 'memory'): string {
  const largest = largestOf(spark);
  const text = of === 'cpu' ? formatCpu(largest) : formatBytes(largest);
  return `${of === 'cpu' ? 'CPU' : 'Memory'} over 15 minutes, at most ${text}`;
}
