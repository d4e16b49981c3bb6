import { get } from './http.ts';
import type { Server } from './servers.ts';
import { startWorker } from './worker.ts';

/** Series and values as `written-series.mjs` makes them. */
export interface WrittenData {
  /** `plain`: `count` series; `dashboard`: `count` instances with 282 series each. */
  readonly kind: 'plain' | 'dashboard';
  readonly count: number;
}

export interface Sending {
  /** The next samples of each series. */
  readonly steps: number;
  /** In one request; as real senders do: 1. */
  readonly samplesPerSeries: number;
  readonly seriesPerRequest: number;
  /** Requests under way at once; 1 unless given. */
  readonly connections?: number;
  /** Of the very first sample, in milliseconds. */
  readonly startMs: number;
  readonly stepMs: number;
  /** Each step comes up to so much late, for all series alike. 0 unless given. */
  readonly jitterMs?: number;
}

export interface Sent {
  readonly samples: number;
  readonly requests: number;
  /** Of the bodies. */
  readonly bytes: number;
  /** How long each server took for its answers together, in the order of the servers. */
  readonly waitedMs: readonly number[];
}

export interface Sender {
  readonly seriesCount: number;
  /** Goes on with other series of the same kind, from a later step. `plain` only. */
  readonly renew: (generation: number, step: number) => Promise<void>;
  /** Gives every request to one server after the other. */
  readonly send: (servers: readonly Server[], sending: Sending) => Promise<Sent>;
  readonly stop: () => Promise<void>;
}

const SEND_LIMIT_MS = 240_000;
/** Long ago, so that the same bytes are sent at every run, and nothing collides with scrapes. */
export const WRITE_START_MS = 1_760_000_400_000;

export async function startSender(data: WrittenData): Promise<Sender> {
  const worker = startWorker('sender.mjs');
  const { series } = await worker.ask<{ series: number }>({ act: 'open', ...data });
  return {
    seriesCount: series,
    renew: async (generation, step) => void (await worker.ask({ act: 'renew', generation, step })),
    send: async (servers, sending) => {
      const urls = servers.map(({ url }) => url);
      return await worker.ask<Sent>({
        act: 'send',
        urls,
        limitMs: SEND_LIMIT_MS,
        connections: 1,
        jitterMs: 0,
        ...sending,
      });
    },
    stop: worker.stop,
  };
}

/** VictoriaMetrics shows samples a little after it took them; this makes it now. */
export async function flush(servers: readonly Server[]): Promise<void> {
  for (const { name, url } of servers) {
    if (name === 'victoria-metrics') await get(`${url}/internal/force_flush`);
  }
}
