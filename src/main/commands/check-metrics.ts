import { lintFamilies, parseFamilies } from '#exposition';
import type { MetricFamily } from '#model';
import { compareStrings } from '#model';
import { isOn } from './command.ts';
import type { CommandInput } from './command.ts';
import { formatTable } from './table.ts';

/** As promtool's. */
const EXIT_LINT = 3;

/** 1: the page cannot be read; 3: it can be bettered. */
export async function checkMetrics(input: CommandInput): Promise<number> {
  const { families, error } = parseFamilies(await input.readInput());
  if (error !== undefined) {
    input.output.writeError(`error while linting: ${error.message}\n`);
    return 1;
  }
  const problems = lintFamilies(families);
  for (const { metric, text } of problems) input.output.writeError(`${metric} ${text}\n`);
  if (problems.length > 0) return EXIT_LINT;
  if (isOn(input, 'extended')) input.output.write(cardinalityTable(families));
  return 0;
}

/** How many series each metric makes. */
export function cardinalityTable(families: readonly MetricFamily[]): string {
  const counts = families.map((family) => ({ name: family.name, count: seriesCount(family) }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const sorted = counts.toSorted((a, b) => b.count - a.count || compareStrings(a.name, b.name));
  const rows = sorted.map(({ name, count }) => [
    name,
    String(count),
    `${((100 * count) / total).toFixed(2)}%`,
    '',
  ]);
  const header = ['Metric', 'Cardinality', 'Percentage', ''];
  const sum = ['Total', String(total), '100%', ''];
  return formatTable([header, ...rows, sum], { widthMin: 4, padding: 4 });
}

function seriesCount({ type, metrics }: MetricFamily): number {
  if (type === 'histogram' || type === 'gaugehistogram') {
    return metrics.reduce((sum, { histogram }) => sum + (histogram?.buckets.length ?? 0) + 2, 0);
  }
  if (type === 'summary') {
    return metrics.reduce((sum, { summary }) => sum + (summary?.quantiles.length ?? 0) + 2, 0);
  }
  return metrics.length;
}
