import { analyzeBlock } from '#tsdb';
import type { BlockAnalysis, RankedCount } from '#tsdb';
import { isOn, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { formatGoDuration } from './go-format.ts';

export function tsdbAnalyze(input: CommandInput): number {
  const ulid = textOf(input.words, 'block');
  const analysis = analyzeBlock({
    dir: textOf(input.words, 'path') || 'data/',
    ...(ulid !== '' && { ulid }),
    limit: Math.max(0, Number(textOf(input.options, 'limit'))),
    withFullness: isOn(input, 'extended'),
  });
  input.output.write(formatAnalysis(analysis));
  return 0;
}

/** In promtool's words. */
export function formatAnalysis(analysis: BlockAnalysis): string {
  const { meta, chunksByFullness } = analysis;
  const head = [
    `Block ID: ${meta.ulid}`,
    `Duration: ${formatGoDuration(meta.maxTimeMs - meta.minTimeMs)}`,
    `Series: ${meta.stats.seriesCount}`,
    `Label names: ${analysis.labelNameCount}`,
    `Postings (unique label pairs): ${analysis.labelPairCount}`,
    `Postings entries (total label pairs): ${analysis.labelEntryCount}`,
  ];
  const lists = [
    list('Label pairs most involved in churning', analysis.churnByLabelPair),
    list('Label names most involved in churning', analysis.churnByLabelName),
    list('Most common label pairs', analysis.seriesByLabelPair),
    list('Label names with highest cumulative label value length', analysis.valueBytesByLabelName),
    list('Highest cardinality labels', analysis.valuesByLabelName),
    list('Highest cardinality metric names', analysis.seriesByMetricName),
  ];
  const fullness = chunksByFullness === undefined ? '' : formatFullness(chunksByFullness);
  return `${head.join('\n')}\n${lists.join('')}${fullness}`;
}

function list(title: string, counts: readonly RankedCount[]): string {
  return `\n${title}:\n${counts.map(({ count, name }) => `${count} ${name}\n`).join('')}`;
}

function formatFullness(chunks: readonly number[]): string {
  const total = Math.max(
    1,
    chunks.reduce((sum, count) => sum + count, 0),
  );
  const lines = chunks.map((count, step) => {
    const percent = `${(step + 1) * 10}`.padStart(7);
    return `${percent}%: ${'#'.repeat(Math.floor((100 * count) / total))}\n`;
  });
  const title = 'Fullness: Amount of samples in chunks (100% is 120 samples)';
  return `\nCompaction analysis:\n${title}\n${lines.join('')}`;
}
