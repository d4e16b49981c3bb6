import type { Counter, Registry } from '#instrument';
import type { FamilyMetric, MetricFamily } from '#model';
import type { Container } from './container.ts';

/** What the registry counts of its own work. */
export interface RegistryMetrics {
  /** What the engine sent. */
  readonly engineEvents: Counter;
  readonly eventsLost: Counter;
  /** What was told of containers, by kind. */
  readonly events: Counter;
  readonly inspections: Counter;
  readonly inspectFailures: Counter;
  readonly saveFailures: Counter;
}

export function createRegistryMetrics(registry: Registry): RegistryMetrics {
  const counter = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    registry.counter({ name: `narthex_containers_${name}_total`, help, labelNames });
  return {
    engineEvents: counter('engine_events', 'Events of containers that the engine sent.'),
    eventsLost: counter(
      'engine_events_lost',
      'Events left out because too many waited for one look at their container.',
    ),
    events: counter('events', 'What was told of containers, by kind.', ['kind']),
    inspections: counter('inspections', 'Times that a container was inspected.'),
    inspectFailures: counter('inspect_failures', 'Inspections that failed.'),
    saveFailures: counter(
      'save_failures',
      'Times that what is known of containers could not be written.',
    ),
  };
}

/** What is read when the page is. */
export interface RegistryCounts {
  readonly containers: readonly Container[];
  readonly existing: number;
  readonly gone: number;
  readonly crowdedOut: number;
  readonly leftOut: number;
  readonly reconnects: number;
  readonly isConnected: boolean;
}

export function registryFamilies(counts: RegistryCounts): readonly MetricFamily[] {
  return [
    {
      name: 'narthex_containers_known',
      help: 'Containers by state, those that have gone and are remembered among them.',
      type: 'gauge',
      metrics: byState(counts.containers),
    },
    single('existing', 'gauge', 'Containers that the engine has.', counts.existing),
    single('remembered', 'gauge', 'Containers that have gone.', counts.gone),
    single(
      'forgotten_early_total',
      'counter',
      'Containers that have gone and were forgotten because there were too many.',
      counts.crowdedOut,
    ),
    single(
      'left_out',
      'gauge',
      'Containers that are not watched because there are too many.',
      counts.leftOut,
    ),
    single(
      'engine_reconnects_total',
      'counter',
      'Times that the engine was connected to again, or tried.',
      counts.reconnects,
    ),
    single('engine_connected', 'gauge', 'Whether the engine answers.', Number(counts.isConnected)),
  ];
}

// oxlint-disable-next-line max-params -- a row of the table above
function single(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: number,
): MetricFamily {
  return { name: `narthex_containers_${name}`, help, type, metrics: [{ labels: [], value }] };
}

function byState(containers: readonly Container[]): FamilyMetric[] {
  const counts = new Map<string, number>();
  for (const { state } of containers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, value]) => ({ labels: [['state', state]], value }));
}
