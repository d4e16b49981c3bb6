import type { Counter, Gauge, Registry } from '#instrument';

/** What asking containers for metrics costs, and where it came to its limits. */
export interface ProbeMetrics {
  readonly requests: Counter;
  readonly waiting: Gauge;
  readonly targets: Gauge;
  readonly refused: Counter;
}

export function createProbeMetrics(registry: Registry): ProbeMetrics {
  return {
    requests: registry.counter({
      name: 'narthex_probe_requests_total',
      help: 'Requests to ports of containers that asked whether there are metrics, by what came of them.',
      labelNames: ['outcome'],
    }),
    waiting: registry.gauge({
      name: 'narthex_probe_waiting_containers',
      help: 'Containers whose ports are being asked or wait for it.',
    }),
    targets: registry.gauge({
      name: 'narthex_probe_targets',
      help: 'Targets found in containers without a configuration file.',
    }),
    refused: registry.counter({
      name: 'narthex_probe_refused_total',
      help: 'Ports that were not asked and targets that were not taken, by the limit that was reached.',
      labelNames: ['limit'],
    }),
  };
}
