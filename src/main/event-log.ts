import type { ContainerRegistry, EngineState } from '#containers';
import type { AnnotationData, AnnotationsData } from '#contract';
import { EventStore } from '#events';
import type { StoredEvent } from '#events';
import type { AnnotationQuery, AnnotationSource } from '#http';
import type { Registry } from '#instrument';
import { systemDisk } from '#platform';
import type { Clock, Disk, Log } from '#platform';
import { lifecycleEntry } from './event-text.ts';
import type { KnownOfContainers } from './event-text.ts';

export interface EventLogOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly dataDir: string;
  /** Infinity: only the size counts. */
  readonly retentionMs: number;
  /** The system's unless given. */
  readonly disk?: Disk;
}

/** Writes down what happens to containers, with a sentence, and finds it again. */
export class EventLog implements AnnotationSource {
  readonly #options: EventLogOptions;
  #store: EventStore | undefined;
  #engineStatus: EngineState['status'] = 'absent';

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  /** The data directory must be this process's own by now. */
  open(): void {
    const { dataDir, disk = systemDisk, ...options } = this.#options;
    const log = options.log.child({ component: 'events' });
    this.#store = new EventStore({ ...options, log, disk, dir: `${dataDir}/events` });
  }

  /** Notes what happens from now on. Returns what ends it. */
  follow(containers: ContainerRegistry, known: KnownOfContainers): () => void {
    this.#engineStatus = containers.engine.status;
    return containers.subscribe(({ event }) => {
      if (event !== undefined) this.#store?.add(lifecycleEntry(event, known));
      this.#seeEngine(containers.engine);
    });
  }

  /** Nothing before it is open. */
  async find(query: AnnotationQuery): Promise<AnnotationsData> {
    if (this.#store === undefined) return { annotations: [], truncated: false };
    const { events, isTruncated } = await this.#store.read(query);
    return { annotations: events.toReversed().map(annotationOf), truncated: isTruncated };
  }

  close(): void {
    this.#store?.close();
  }

  /** A gap in what is known of containers is worth a mark of its own. */
  #seeEngine({ status, product, version, error }: EngineState): void {
    const before = this.#engineStatus;
    if (status === 'connecting' || status === before) return;
    this.#engineStatus = status;
    const isLost = before === 'connected';
    if (!isLost && before !== 'unreachable') return;
    this.#store?.add({
      timeMs: this.#options.clock.nowMs(),
      kind: 'engine',
      severity: isLost ? 'warning' : 'info',
      text: isLost
        ? `the container engine cannot be reached: ${error}`
        : `the container engine can be reached again: ${product} ${version}`.trimEnd(),
      tags: ['container', 'engine'],
      name: '',
      group: '',
      service: '',
      containerId: '',
      image: '',
      attributes: {},
      count: 1,
    });
  }
}

function annotationOf(event: StoredEvent): AnnotationData {
  const { kind, severity, name, group, service, containerId, image, text, tags } = event;
  return {
    id: String(event.id),
    time: event.timeMs,
    timeEnd: event.untilMs,
    count: event.count,
    kind,
    severity,
    name,
    group,
    service,
    containerId,
    image,
    text,
    tags,
    attributes: event.attributes,
  };
}
