import { type AnchoredRegexp, compileAnchored, parseDuration } from '#model';
import type { SeriesDescription } from '../parse/ast.ts';
import { unquote } from '../parse/quote.ts';
import { type Command, isBareNumber } from './commands.ts';
import { parseLine } from './load.ts';
import { ScriptError } from './script-error.ts';

/** A text that must be the whole one, or a pattern that must match in it; neither: any text will do. */
export interface TextMatch {
  readonly message?: string;
  readonly pattern?: AnchoredRegexp;
}

/** What an `eval` block asks, and what must come out. */
export interface Evaluation {
  readonly lineNumber: number;
  readonly kind: 'instant' | 'range';
  readonly query: string;
  /** All in milliseconds; for an instant query start and end are its time, the step is 0. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  fail: TextMatch | undefined;
  ordered: boolean;
  readonly warnings: TextMatch[];
  readonly infos: TextMatch[];
  noWarnings: boolean;
  noInfos: boolean;
  string: string | undefined;
  scalar: number | undefined;
  rangeVector: { readonly startMs: number; readonly stepMs: number } | undefined;
  readonly series: SeriesDescription[];
}

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/;
const RANGE =
  /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;

/** Reads an `eval` block. Throws ScriptError. */
export function parseEvaluation(command: Command): Evaluation {
  const evaluation = parseHead(command);
  for (const [i, line] of command.body.entries()) {
    parseBodyLine(evaluation, line, command.lineNumber + 1 + i);
  }
  return evaluation;
}

function parseHead({ head, lineNumber }: Command): Evaluation {
  const instant = INSTANT.exec(head);
  if (instant !== null) {
    const [, mode, time, query] = instant;
    const timeMs = parseDuration(time ?? '0');
    const times = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    return withMode({ lineNumber, kind: 'instant', query, ...times, ...nothing() }, mode);
  }
  const range = RANGE.exec(head);
  if (range === null) throw new ScriptError(lineNumber, `cannot read: ${head}`);
  const [, mode, start, end, step, query] = range;
  const times = {
    startMs: parseDuration(start),
    endMs: parseDuration(end),
    stepMs: parseDuration(step),
  };
  return withMode({ lineNumber, kind: 'range', query, ...times, ...nothing() }, mode);
}

type Expected = Omit<Evaluation, 'lineNumber' | 'kind' | 'query' | 'startMs' | 'endMs' | 'stepMs'>;

function nothing(): Expected {
  return {
    fail: undefined,
    ordered: false,
    warnings: [],
    infos: [],
    noWarnings: false,
    noInfos: false,
    string: undefined,
    scalar: undefined,
    rangeVector: undefined,
    series: [],
  };
}

/** The old form: `eval_fail` and its like. */
function withMode(evaluation: Evaluation, mode: string | undefined): Evaluation {
  if (mode === 'fail') evaluation.fail = {};
  if (mode === 'ordered') evaluation.ordered = true;
  if (mode === 'warn') evaluation.warnings.push({});
  if (mode === 'info') evaluation.infos.push({});
  return evaluation;
}

function parseBodyLine(evaluation: Evaluation, line: string, lineNumber: number): void {
  const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line);
  if (old !== null) {
    evaluation.fail = old[1] === 'message' ? { message: old[2] } : { pattern: anywhere(old[2]) };
  } else if (/^expect(?:\s|$)/.test(line)) parseExpect(evaluation, line, lineNumber);
  else if (isBareNumber(line)) evaluation.scalar = numberOf(line);
  else evaluation.series.push(parseLine(line, lineNumber));
}

function numberOf(text: string): number {
  const word = text.toLowerCase().replace(/^\+/, '');
  if (word === 'inf') return Infinity;
  if (word === '-inf') return -Infinity;
  return Number(word);
}

function parseExpect(evaluation: Evaluation, line: string, lineNumber: number): void {
  const rest = line.slice('expect'.length).trim();
  const range = /^range vector from (\S+) to (\S+) step (\S+)$/.exec(rest);
  if (range !== null) {
    evaluation.rangeVector = {
      startMs: parseDuration(range[1]),
      stepMs: parseDuration(range[3]),
    };
    return;
  }
  const string = /^string\s+(.+)$/.exec(rest);
  if (string !== null) {
    evaluation.string = unquote(string[1]);
    return;
  }
  const match = /^(fail|warn|info|no_warn|no_info|ordered)(?:\s+(.+))?$/.exec(rest);
  if (match === null) throw new ScriptError(lineNumber, `cannot read: ${line}`);
  expect(evaluation, match[1], parseText(match[2] ?? '', lineNumber));
}

function parseText(text: string, lineNumber: number): TextMatch {
  if (text === '') return {};
  const match = /^(msg|regex):\s*(.*)$/.exec(text);
  if (match === null) throw new ScriptError(lineNumber, `cannot read: ${text}`);
  const [, how, what] = match;
  return how === 'msg' ? { message: what.trim() } : { pattern: anywhere(what.trim()) };
}

/** A pattern that may match in the middle of a text. */
function anywhere(pattern: string): AnchoredRegexp {
  return compileAnchored(`.*(?:${pattern}).*`);
}

function expect(evaluation: Evaluation, what: string, text: TextMatch): void {
  switch (what) {
    case 'fail':
      evaluation.fail = text;
      return;
    case 'warn':
      evaluation.warnings.push(text);
      return;
    case 'info':
      evaluation.infos.push(text);
      return;
    case 'no_warn':
      evaluation.noWarnings = true;
      return;
    case 'no_info':
      evaluation.noInfos = true;
      return;
    case 'ordered':
      evaluation.ordered = true;
  }
}
