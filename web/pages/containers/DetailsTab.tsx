import type { ReactElement, ReactNode } from 'react';
import type { ContainerData } from '#contract';
import { CopyButton } from '../../components/CopyButton.tsx';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { formatInstant, parseRfc3339, type Zone } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import { LabelTable } from '../LabelTable.tsx';
import { formatCpuLimit } from './amounts.ts';
import { exitCodeWords } from './state-words.ts';

const ID_SHOWN = 12;

/** What the engine says of it. */
export function DetailsTab({ container }: { readonly container: ContainerData }): ReactElement {
  const zone = useZone();
  return (
    <div className="nx-columns">
      <section>
        <h2>Facts</h2>
        <dl className="nx-card nx-facts">
          {factsOf(container, zone).map(([title, value]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2>Labels</h2>
        <div className="nx-card nx-facts">
          <LabelTable labels={container.labels} />
        </div>
      </section>
    </div>
  );
}

type Fact = readonly [title: string, value: ReactNode];

function factsOf(container: ContainerData, zone: Zone): Fact[] {
  const { group, service, number, kind, measured } = container;
  const facts: Fact[] = [
    ['Image', <span className="nx-code">{container.image}</span>],
    ['Image id', <ShortId id={container.imageId.replace(/^sha256:/, '')} />],
    ['Container id', <ShortId id={container.id} />],
    ['Name in the engine', container.containerName],
  ];
  if (group !== '') facts.push([kind === 'swarm' ? 'Swarm stack' : 'Project', group]);
  if (service !== '')
    facts.push(['Service', number > 0 ? `${service}, number ${number}` : service]);
  for (const [title, text] of [
    ['Created', container.createdAt],
    ['Started', container.startedAt],
    ['Ended', container.finishedAt],
  ] as const) {
    const timeMs = parseRfc3339(text);
    if (timeMs !== undefined) facts.push([title, formatInstant(timeMs, zone)]);
  }
  if (container.exitCode !== null) facts.push(['Exit code', exitCodeWords(container.exitCode)]);
  facts.push(
    ['Restarts', formatCount(container.restarts)],
    ['CPU limit', limitOf(container.cpuLimit, formatCpuLimit)],
    ['Memory limit', limitOf(container.memoryLimitBytes, formatBytes)],
    ['Process limit', limitOf(container.pidsLimit, formatCount)],
    ['Networks', listOf(container.addresses.map(({ network, ip }) => `${network}: ${ip}`))],
    ['Exposed ports', listOf(container.exposedPorts.map(String))],
    ['Published ports', listOf(container.publishedPorts.map(publishedPort))],
    ['Measured', measured.by === 'none' ? `no: ${measured.error}` : measuredBy(measured)],
  );
  return facts;
}

function measuredBy({ by, error }: ContainerData['measured']): string {
  const from = by === 'cgroup' ? 'from its cgroup files' : 'by the engine’s API';
  return error === '' ? from : `${from} (${error})`;
}

function publishedPort(port: ContainerData['publishedPorts'][number]): string {
  const ip = port.ip.includes(':') ? `[${port.ip}]` : port.ip;
  return `${ip}:${port.hostPort} → ${port.port}`;
}

function limitOf(limit: number, format: (limit: number) => string): string {
  return limit > 0 ? format(limit) : 'none';
}

function listOf(items: readonly string[]): ReactNode {
  if (items.length === 0) return 'none';
  return items.map((item) => <div key={item}>{item}</div>);
}

function ShortId({ id }: { readonly id: string }): ReactElement {
  if (id === '') return <>unknown</>;
  return (
    <span className="nx-short-id">
      <span className="nx-code" title={id}>
        {id.slice(0, ID_SHOWN)}
      </span>
      <CopyButton text={id} label="Copy the whole id" size={22} />
    </span>
  );
}
