/** What exporters called otherwise later: node_exporter 0.16, cAdvisor, kube-state-metrics, Node's and Go's clients. */
const RENAMES: Readonly<Record<string, string>> = {
  node_cpu: 'node_cpu_seconds_total',
  node_boot_time: 'node_boot_time_seconds',
  node_time: 'node_time_seconds',
  node_memory_MemTotal: 'node_memory_MemTotal_bytes',
  node_memory_MemFree: 'node_memory_MemFree_bytes',
  node_memory_MemAvailable: 'node_memory_MemAvailable_bytes',
  node_memory_Buffers: 'node_memory_Buffers_bytes',
  node_memory_Cached: 'node_memory_Cached_bytes',
  node_memory_SwapTotal: 'node_memory_SwapTotal_bytes',
  node_memory_SwapFree: 'node_memory_SwapFree_bytes',
  node_filesystem_size: 'node_filesystem_size_bytes',
  node_filesystem_free: 'node_filesystem_free_bytes',
  node_filesystem_avail: 'node_filesystem_avail_bytes',
  node_network_receive_bytes: 'node_network_receive_bytes_total',
  node_network_transmit_bytes: 'node_network_transmit_bytes_total',
  node_disk_bytes_read: 'node_disk_read_bytes_total',
  node_disk_bytes_written: 'node_disk_written_bytes_total',
  node_disk_io_time_ms: 'node_disk_io_time_seconds_total',
  node_disk_reads_completed: 'node_disk_reads_completed_total',
  node_disk_writes_completed: 'node_disk_writes_completed_total',
  node_intr: 'node_intr_total',
  node_context_switches: 'node_context_switches_total',
  node_forks: 'node_forks_total',
  http_request_duration_microseconds: 'http_request_duration_seconds',
  process_heap_bytes: 'nodejs_heap_size_used_bytes',
};

/** Further away, a name is not what was meant. Share of the longer name's characters. */
const DISTANCE_SHARE_MAX = 0.25;
/** Compared for one name. */
const CANDIDATES_MAX = 2000;

/** The name that was meant: what it was renamed to, else the one of its family that differs least; '' for none. */
export function nearestName(name: string, names: readonly string[]): string {
  const renamed = Object.hasOwn(RENAMES, name) ? RENAMES[name] : undefined;
  if (renamed !== undefined && names.includes(renamed)) return renamed;
  const family = name.slice(0, name.indexOf('_') + 1);
  const near = names
    .filter((other) => other.startsWith(family) && isOfLength(other.length, name.length))
    .slice(0, CANDIDATES_MAX);
  let nearest = '';
  let nearestDistance = Infinity;
  for (const other of near) {
    const distance = editDistance(name, other);
    const limit = Math.max(name.length, other.length) * DISTANCE_SHARE_MAX;
    if (distance >= nearestDistance || distance > limit) continue;
    nearest = other;
    nearestDistance = distance;
  }
  return nearest;
}

function isOfLength(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(a, b) * DISTANCE_SHARE_MAX;
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const replaced = (previous[j - 1] ?? 0) + cost;
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
