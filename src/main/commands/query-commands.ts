import { formatFloat, parseDuration } from '#model';
import { CommandError, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { createQueryClient } from './query-client.ts';
import type { QueryClient, QueryParams } from './query-client.ts';
import { formatLabelSetOf, formatValue, formatValueJson, goJson, sorted } from './query-print.ts';
import { parseTimeMs } from './query-time.ts';
import { queryData } from './query-value.ts';
import type { Metric } from './query-value.ts';

/** From promtool. */
const RANGE_MS = 300_000;
const RANGE_STEPS = 250;
const SEARCH_MS: number = 9999 * 3_600_000;

export async function queryInstant(input: CommandInput): Promise<number> {
  return printValue(
    await ask(input, (client) => client.post('/query', instantParams(input))),
    input,
  );
}

export async function queryRange(input: CommandInput): Promise<number> {
  const params = rangeParams(input);
  return printValue(await ask(input, (client) => client.post('/query_range', params)), input);
}

export function instantParams(input: CommandInput): QueryParams {
  const timeMs = timeOf(input, 'time', 'evaluation time', input.nowMs());
  return [
    ['query', textOf(input.words, 'expr')],
    ['time', seconds(timeMs)],
  ];
}

/** Throws CommandError where the times are no range. */
export function rangeParams(input: CommandInput): QueryParams {
  const endMs = timeOf(input, 'end', 'end time', input.nowMs());
  const startMs = timeOf(input, 'start', 'start time', endMs - RANGE_MS);
  if (startMs >= endMs) throw new CommandError('start time is not before end time');
  return [
    ['query', textOf(input.words, 'expr')],
    ['start', seconds(startMs)],
    ['end', seconds(endMs)],
    ['step', seconds(stepMs(textOf(input.options, 'step'), endMs - startMs))],
  ];
}

/** As promtool chooses it: so that there are about 250. */
export function stepMs(text: string, spanMs: number): number {
  const givenMs = text === '' ? 0 : parseDuration(text);
  if (givenMs > 0) return givenMs;
  return Math.max(Math.floor(spanMs / 1000 / RANGE_STEPS), 1) * 1000;
}

export async function querySeries(input: CommandInput): Promise<number> {
  const params: QueryParams = [...matchersOf(input), ...searchRange(input)];
  const data = await ask(input, (client) => client.post('/series', params));
  const series = listOf(data).filter(isMetric);
  print(
    input,
    series.map((metric) => formatLabelSetOf(metric)),
    () => goJson(series.map(sorted)),
  );
  return 0;
}

export async function queryLabels(input: CommandInput): Promise<number> {
  const params: QueryParams = [...searchRange(input), ...matchersOf(input)];
  const path = `/label/${encodeURIComponent(textOf(input.words, 'name'))}/values`;
  const data = await ask(input, (client) => client.get(path, params));
  const values = listOf(data).map(String);
  print(input, values, () => goJson(values));
  return 0;
}

export async function ask(
  input: CommandInput,
  question: (client: QueryClient) => Promise<unknown>,
): Promise<unknown> {
  const client = createQueryClient(textOf(input.words, 'server'), input);
  try {
    return await question(client);
  } finally {
    client.close();
  }
}

function printValue(answer: unknown, input: CommandInput): number {
  const data = queryData(answer);
  if (data === undefined) throw new CommandError('query error: the answer holds no value');
  print(input, [formatValue(data)], () => formatValueJson(data));
  return 0;
}

export function print(
  { options, output }: CommandInput,
  lines: readonly string[],
  json: () => string,
): void {
  if (textOf(options, 'format') === 'json') output.write(`${json()}\n`);
  else for (const line of lines) output.write(`${line}\n`);
}

function matchersOf({ options }: CommandInput): [string, string][] {
  return (options.get('match') ?? []).map((selector) => ['match[]', selector]);
}

function searchRange(input: CommandInput): [string, string][] {
  const nowMs = input.nowMs();
  return [
    ['start', seconds(timeOf(input, 'start', 'start time', nowMs - SEARCH_MS))],
    ['end', seconds(timeOf(input, 'end', 'end time', nowMs + SEARCH_MS))],
  ];
}

// eslint-disable-next-line max-params -- an option, its name for people, its fallback
function timeOf({ options }: CommandInput, option: string, what: string, fallbackMs: number) {
  const text = textOf(options, option);
  return text === '' ? fallbackMs : parseTimeMs(text, what);
}

function seconds(timeMs: number): string {
  return formatFloat(timeMs / 1000);
}

function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? (data as readonly unknown[]) : [];
}

function isMetric(value: unknown): value is Metric {
  return typeof value === 'object' && value !== null;
}
