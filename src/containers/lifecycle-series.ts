import { CONTAINER_STATES } from './container.ts';
import type { Container, ContainerRegistry, ContainerState } from './container.ts';
import type { LastEnd, LifeTotals } from './gone-file.ts';
import { isAlive } from './identity.ts';
import { further } from './page-lines.ts';
import { labelText } from './page-writer.ts';
import type { FamilyWriter } from './page-writer.ts';
import { imageName, seriesLabels } from './series-labels.ts';
import type { SeriesLabelOptions } from './series-labels.ts';

export interface LifecycleSeriesParts {
  readonly registry: Pick<ContainerRegistry, 'containers'>;
  /** Of an identity, over all its containers. */
  readonly totals: (name: string) => LifeTotals;
  readonly labels: SeriesLabelOptions;
}

interface Row {
  readonly container: Container;
  /** Undefined: they stand at the line of another that runs, too. */
  readonly totals: LifeTotals | undefined;
  /** Of this container, or of the one that had its place. Undefined: none ended yet. */
  readonly end: LastEnd | undefined;
  readonly texts: RowTexts;
}

interface RowTexts {
  /** What all series of a container carry. */
  readonly labels: Uint8Array;
  /** What `container_info` carries beside. */
  readonly info: Uint8Array;
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Divided by the scale; undefined: it has none. */
  readonly valueOf: (row: Row) => number | undefined;
  readonly scale?: number;
}

const NO_BYTES = new Uint8Array(0);
const encoder = new TextEncoder();

const STATE_LABELS: readonly Uint8Array[] = CONTAINER_STATES.map((state) =>
  further([['state', state]]),
);

/** Of one that has gone: it does not run, and it is no more. The others would say nothing. */
const GONE_STATES: ReadonlySet<ContainerState> = new Set(['running', 'removed']);

const MS = 1000;

const FAMILIES: readonly Family[] = [
  {
    name: 'container_exit_code',
    type: 'gauge',
    help: 'Exit code of the last end, of whichever container had its place.',
    valueOf: ({ end }) => end?.exitCode,
  },
  {
    name: 'container_oom_killed',
    type: 'gauge',
    help: 'Whether the last end was a kill for memory.',
    valueOf: ({ end }) => end && Number(end.isOomKilled),
  },
  {
    name: 'container_stop_requested',
    type: 'gauge',
    help: 'Whether the engine was asked for the last end: to stop, kill, restart or remove it.',
    valueOf: ({ end }) => end && Number(end.isRequested),
  },
  {
    name: 'container_restarts_total',
    type: 'counter',
    help: 'Starts after the first: by restart policy, by request, or of a new container in its place.',
    valueOf: ({ totals }) => totals && Math.max(0, totals.starts - 1),
  },
  {
    name: 'container_deaths_total',
    type: 'counter',
    help: 'Times that it ended, whatever the exit code.',
    valueOf: ({ totals }) => totals?.deaths,
  },
  {
    name: 'container_oom_kills_total',
    type: 'counter',
    help: 'Kills for memory, over all containers that had its place.',
    valueOf: ({ totals }) => totals?.oomKills,
  },
  {
    name: 'container_started_time_seconds',
    type: 'gauge',
    help: 'When it last started, in seconds since the epoch.',
    valueOf: ({ container: { startedMs } }) => startedMs || undefined,
    scale: MS,
  },
  {
    name: 'container_finished_time_seconds',
    type: 'gauge',
    help: 'When it last ended, in seconds since the epoch.',
    valueOf: ({ end }) => end?.finishedMs,
    scale: MS,
  },
  {
    name: 'container_health_state',
    type: 'gauge',
    help: "The result of the container's health check: 1 healthy, 0 not (yet), -1 without a check.",
    valueOf: ({ container }) => (isAlive(container) ? healthNumber(container) : undefined),
  },
];

/** As cAdvisor counts. */
function healthNumber({ health }: Container): number {
  if (health === 'none') return -1;
  return health === 'healthy' ? 1 : 0;
}

/**
 * What became of each container, as series beside what is measured of it; they go on when it has ended, and a day
 * beyond its removal.
 */
export class LifecycleSeries {
  readonly #parts: LifecycleSeriesParts;
  /** A container that changed is another object. */
  readonly #texts = new WeakMap<Container, RowTexts>();

  constructor(parts: LifecycleSeriesParts) {
    this.#parts = parts;
  }

  write(writer: FamilyWriter): void {
    const rows = this.#parts.registry.containers().map((container) => this.#rowOf(container));
    writeStates(writer, rows);
    for (const { name, type, help, valueOf, scale = 1 } of FAMILIES) {
      writer.family(name, type, help);
      for (const row of rows) {
        const value = valueOf(row);
        if (value !== undefined) writer.sampleBytes(row.texts.labels, NO_BYTES, value, scale);
      }
    }
    writer.family(
      'container_info',
      'gauge',
      'What changes when a container is made anew; always 1.',
    );
    for (const { texts } of rows) writer.sampleBytes(texts.labels, texts.info, 1, 1);
  }

  #rowOf(container: Container): Row {
    const { name } = container.identity;
    const totals = container.line === name ? this.#parts.totals(name) : undefined;
    const end = totals === undefined ? ownEnd(container) : totals.end;
    return { container, totals, end, texts: this.#textsOf(container) };
  }

  #textsOf(container: Container): RowTexts {
    const known = this.#texts.get(container);
    if (known !== undefined) return known;
    const labels = encoder.encode(labelText(seriesLabels(container, this.#parts.labels)));
    const texts = { labels, info: further(infoLabels(container)) };
    this.#texts.set(container, texts);
    return texts;
  }
}

function ownEnd({ id, finishedMs, exitCode, isOomKilled }: Container): LastEnd | undefined {
  if (finishedMs === 0) return undefined;
  return { id, finishedMs, exitCode, isOomKilled, isRequested: false };
}

function writeStates(writer: FamilyWriter, rows: readonly Row[]): void {
  writer.family('container_state', 'gauge', 'Whether the container is in this state.');
  for (const { container, texts } of rows) {
    for (const [i, state] of CONTAINER_STATES.entries()) {
      if (container.state === 'removed' && !GONE_STATES.has(state)) continue;
      const isIn = Number(container.state === state);
      writer.sampleBytes(texts.labels, STATE_LABELS[i] ?? NO_BYTES, isIn, 1);
    }
  }
}

function infoLabels(container: Container): (readonly [name: string, value: string])[] {
  const { id, containerName, image, imageId, networkMode, addresses, identity } = container;
  return [
    ['container_id', id],
    ['container_name', containerName],
    ['group', identity.group],
    ['image_id', imageId],
    ['image_spec', image],
    ['image_tag', imageTag(image)],
    ['ip', addresses[0]?.ip ?? ''],
    ['kind', identity.kind],
    ['network_mode', networkMode],
    ['service', identity.service],
  ];
}

/** What stands behind the image's name: `1.2`, `1.2@sha256:...`; `latest` where nothing does. */
function imageTag(image: string): string {
  const name = imageName(image);
  if (name === image) return image.startsWith('sha256:') ? '' : 'latest';
  return image.slice(name.length + 1);
}
