import type { ExplainData, OperatorAnalysis, PlanOperator } from '#contract';
import { planNotes } from '#promql';
import { CommandError, isOn, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { formatBytes } from './go-format.ts';
import { ask, instantParams, print, rangeParams } from './query-commands.ts';
import { goJson } from './query-print.ts';

/** Over the range that is given, otherwise at one time. */
export async function queryExplain(input: CommandInput): Promise<number> {
  const isRange = ['start', 'end', 'step'].some((name) => textOf(input.options, name) !== '');
  const params = isRange ? rangeParams(input) : instantParams(input);
  const analyze = isOn(input, 'analyze') ? 'true' : 'false';
  const data = await ask(input, (client) =>
    client.post('/query_explain', [...params, ['analyze', analyze]]),
  );
  const explained = explainData(data);
  if (explained === undefined) throw new CommandError('query error: the answer holds no plan');
  print(input, planLines(explained), () => goJson(explained));
  return 0;
}

/** Trusts the server as far as the outermost shape is right. Undefined where it is not. */
export function explainData(data: unknown): ExplainData | undefined {
  if (typeof data !== 'object' || data === null || !('plan' in data)) return undefined;
  return isOperator(data.plan) ? (data as ExplainData) : undefined;
}

function isOperator(value: unknown): value is PlanOperator {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, inputs } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'number' || typeof name !== 'string') return false;
  return Array.isArray(inputs) && inputs.every(isOperator);
}

const HEADS = ['own', 'total', 'series', 'samples', 'read', 'memory'];

/** The tree, an operator a line, with numbers in columns before it where there are any. */
export function planLines({ plan }: ExplainData): string[] {
  const isAnalyzed = plan.analysis !== undefined;
  const heads = isAnalyzed ? ['id', ...HEADS] : ['id'];
  const rows: (readonly string[])[] = [[...heads, 'operator']];
  addRows(rows, plan, { depth: 0, isAnalyzed });
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    [...widths.map((width, i) => row[i]?.padStart(width) ?? ''), row.at(-1) ?? ''].join('  '),
  );
}

function addRows(
  rows: (readonly string[])[],
  operator: PlanOperator,
  { depth, isAnalyzed }: { readonly depth: number; readonly isAnalyzed: boolean },
): void {
  const numbers = isAnalyzed ? numbersOf(operator.analysis) : [];
  const notes = planNotes(operator).map((note) => `, ${note}`);
  const { constant = operator.name } = operator;
  const value = constant === operator.name ? '' : ` = ${constant}`;
  const text = `${'  '.repeat(depth)}${operator.name}${value}${notes.join('')}`;
  rows.push([String(operator.id), ...numbers, text]);
  for (const input of operator.inputs) addRows(rows, input, { depth: depth + 1, isAnalyzed });
}

function numbersOf(analysis: OperatorAnalysis | undefined): string[] {
  if (analysis === undefined) return HEADS.map(() => '');
  return [
    milliseconds(analysis.ownTime),
    milliseconds(analysis.totalTime),
    String(analysis.resultSeries),
    String(analysis.resultSamples),
    analysis.seriesRead > 0 ? String(analysis.samplesRead) : '',
    analysis.peakBytes > 0 ? formatBytes(analysis.peakBytes) : '',
  ];
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 1)}ms`;
}
