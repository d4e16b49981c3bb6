import { formatDuration, parseDuration } from '#model';
import { parseExpr, printExpr } from '#promql';
import type { BucketStatistics } from './bucket-statistics.ts';
import {
  classicStatistics,
  formatStatistics,
  formatSummary,
  nativeStatistics,
} from './bucket-statistics.ts';
import { CommandError, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { createQueryClient } from './query-client.ts';
import type { QueryClient } from './query-client.ts';
import { formatMetric } from './query-print.ts';
import { parseTimeMs } from './query-time.ts';
import { queryData } from './query-value.ts';
import type { ApiSeries, Metric } from './query-value.ts';

/** Prints a line for each histogram, then a summary. */
export async function queryAnalyze(input: CommandInput): Promise<number> {
  const isNative = textOf(input.options, 'type') === 'nativehistograms';
  const selectors = (input.options.get('match') ?? []).map(checkedSelector);
  const timeText = textOf(input.options, 'time');
  const timeMs = timeText === '' ? input.nowMs() : parseTimeMs(timeText, 'time');
  const range = formatDuration(parseDuration(textOf(input.options, 'duration')));
  const client = createQueryClient(textOf(input.options, 'server'), input);
  const analysis = new HistogramAnalysis(client, { timeMs, range, input });
  try {
    for (const selector of selectors) {
      if (isNative) await analysis.addNative(selector);
      else await analysis.addClassic(selector);
    }
  } finally {
    client.close();
  }
  input.output.write(formatSummary(analysis.all));
  return 0;
}

/** So that a range can be put behind it. */
function checkedSelector(text: string): string {
  const parsed = parseExpr(text);
  if (!parsed.ok || parsed.expr.kind !== 'vectorSelector') {
    throw new CommandError(`cannot read --match: ${JSON.stringify(text)} is no series selector`);
  }
  return printExpr(parsed.expr);
}

interface AnalysisRange {
  readonly timeMs: number;
  /** As in a range selector. */
  readonly range: string;
  readonly input: CommandInput;
}

class HistogramAnalysis {
  readonly all: BucketStatistics[] = [];
  readonly #client: QueryClient;
  readonly #range: AnalysisRange;

  constructor(client: QueryClient, range: AnalysisRange) {
    this.#client = client;
    this.#range = range;
  }

  async addNative(selector: string): Promise<void> {
    for (const series of await this.#query(`${selector}[${this.#range.range}]`)) {
      this.#add(formatMetric(series.metric), nativeStatistics(series));
    }
  }

  /** Finds the histograms by their `_sum`, which is less than all their buckets. */
  async addClassic(selector: string): Promise<void> {
    if (!/_sum\b/.test(selector)) {
      throw new CommandError(
        `cannot analyze ${selector}: a classic histogram is named by its _sum`,
      );
    }
    const { range } = this.#range;
    for (const { metric } of await this.#query(`last_over_time(${selector}[${range}])`)) {
      const buckets = `${bucketSelector(metric)}[${range}]`;
      this.#add(buckets, classicStatistics(await this.#query(buckets)));
    }
  }

  #add(name: string, statistics: BucketStatistics | undefined): void {
    if (statistics === undefined) return;
    this.all.push(statistics);
    this.#range.input.output.write(`${name}=${formatStatistics(statistics)}\n`);
  }

  async #query(query: string): Promise<readonly ApiSeries[]> {
    const time = String(this.#range.timeMs / 1000);
    const data = queryData(
      await this.#client.post('/query', [
        ['query', query],
        ['time', time],
      ]),
    );
    const isList = data?.resultType === 'vector' || data?.resultType === 'matrix';
    return isList ? data.result : [];
  }
}

function bucketSelector(metric: Metric): string {
  const { __name__: name = '' } = metric;
  return formatMetric({ ...metric, __name__: name.replace(/_sum$/, '_bucket') });
}
