import type { MetricFamily, MetricType } from '#model';
import type { Registry } from '#instrument';
import type { BlockKeeper } from './block-keeper.ts';
import { chunkFamilies } from './chunk-statistics.ts';

function family(name: string, type: MetricType, help: string, value: number): MetricFamily {
  return { name, type, help, metrics: [{ labels: [], value }] };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return family(`prometheus_tsdb_${name}`, 'counter', help, value);
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return family(`prometheus_tsdb_${name}`, 'gauge', help, value);
}

/** Shows the numbers of the blocks under Prometheus' names. The answer takes them away again. */
export function registerBlockMetrics(
  registry: Registry,
  keeper: BlockKeeper,
  retentionBytes: number,
): () => void {
  return registry.collect(() => [
    ...chunkFamilies(keeper.chunkStatistics),
    gauge('blocks_loaded', 'Blocks in use.', keeper.blocks.length),
    gauge('storage_blocks_bytes', 'Size of the blocks in use.', keeper.bytes),
    gauge('retention_limit_bytes', 'What blocks and log may take.', retentionBytes),
    counter('compactions_total', 'Blocks cut or merged.', keeper.compactions),
    counter('compactions_triggered_total', 'Looks for blocks to make.', keeper.triggered),
    counter('compactions_skipped_total', 'Looks that were left out: none is.', 0),
    gauge('compaction_populating_block', '1 while a block is written.', keeper.isWriting ? 1 : 0),
    counter('reloads_total', 'Times the list of blocks was made anew.', keeper.reloads),
    counter('reloads_failures_total', 'Times that failed: it cannot.', 0),
    counter('compactions_failed_total', 'Compactions that failed.', keeper.compactionsFailed),
    counter(
      'vertical_compactions_total',
      'Merges of overlapping blocks.',
      keeper.verticalCompactions,
    ),
    counter(
      'stale_series_compactions_triggered_total',
      'Times blocks were made of stale series.',
      keeper.staleCompactions,
    ),
    counter(
      'stale_series_compactions_failed_total',
      'Those of them that failed.',
      keeper.staleCompactionsFailed,
    ),
    counter('time_retentions_total', 'Times blocks became too old.', keeper.timeRetentions),
    counter('size_retentions_total', 'Times blocks became too large.', keeper.sizeRetentions),
    family(
      'narthex_tsdb_blocks_damaged',
      'gauge',
      'Blocks found damaged at start and left aside.',
      keeper.damagedCount,
    ),
  ]);
}
