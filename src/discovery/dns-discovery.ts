import { errorText } from '#platform';
import { labelsFromPairs } from '#model';
import type { Labels } from '#model';
import type { DiscoveryConfig, TargetGroup } from '#config';
import type { Discovery, DiscoverySurroundings, OnGroups } from './discovery.ts';
import type { DnsRecord } from './dns-lookup.ts';
import { hostPort } from './host-port.ts';
import { startRefresh } from './refresh.ts';

type DnsConfig = Extract<DiscoveryConfig, { kind: 'dns' }>;

/** Targets from DNS records, a group for each name. A name that fails keeps what it had. */
export function dnsDiscovery(config: DnsConfig, surroundings: DiscoverySurroundings): Discovery {
  return {
    run: (onGroups) => {
      const refresh = startRefresh({
        clock: surroundings.clock,
        intervalMs: config.refreshIntervalMs,
        refresh: (signal) => refreshNames(config, surroundings, { signal, onGroups }),
      });
      return () => refresh.stop();
    },
  };
}

async function refreshNames(
  config: DnsConfig,
  surroundings: DiscoverySurroundings,
  to: { readonly signal: AbortSignal; readonly onGroups: OnGroups },
): Promise<void> {
  const { clock, metrics } = surroundings;
  const startedMs = clock.nowMs();
  await Promise.all(
    config.names.map(async (name) => {
      const group = await lookUpGroup(name, config, surroundings);
      if (group !== undefined && !to.signal.aborted) to.onGroups([group]);
    }),
  );
  metrics.refreshDurationSeconds.observe((clock.nowMs() - startedMs) / 1000, ['dns']);
}

async function lookUpGroup(
  name: string,
  config: DnsConfig,
  { lookup, log, metrics }: DiscoverySurroundings,
): Promise<TargetGroup | undefined> {
  metrics.dnsLookups.inc();
  try {
    const records = await lookup(name, config.type);
    const targets: Labels[] = [];
    for (const record of records) {
      const target = targetFromRecord(name, record, config.port);
      if (target !== undefined) targets.push(target);
    }
    return { source: name, targets, labels: [] };
  } catch (error) {
    metrics.dnsLookupFailures.inc();
    log.error('Error refreshing DNS targets', { name, err: errorText(error) });
    return undefined;
  }
}

/** Undefined for records of other types, which a server may add to its answer. */
function targetFromRecord(name: string, record: DnsRecord, port: number): Labels | undefined {
  const meta: [string, string][] = [['__meta_dns_name', name]];
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return labelsFromPairs([...meta, ['__address__', hostPort(record.address, port)]]);
    case 'SRV':
      return labelsFromPairs([
        ...meta,
        ['__address__', hostPort(withoutDot(record.target), record.port)],
        ['__meta_dns_srv_record_target', record.target],
        ['__meta_dns_srv_record_port', String(record.port)],
      ]);
    case 'MX':
    case 'NS':
      return labelsFromPairs([
        ...meta,
        ['__address__', hostPort(withoutDot(record.target), port)],
        [`__meta_dns_${record.type.toLowerCase()}_record_target`, record.target],
      ]);
    case 'other':
      return undefined;
  }
}

function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
