import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  ALL_PARSER_OPTIONS,
  byteOffsetOf,
  parseExpr,
  parseSeriesDescription,
  prettyPrint,
  printExpr,
  translateTree,
  type Expr,
  type ParserOptions,
} from '#promql';
import { labelsToObject } from '#model';
import type { CaseResult, FileResult, Suite } from './suite.ts';

/** Expressions, their errors, and how they are written back. */
export const promqlParseSuite: Suite = {
  area: 'promql',
  async run(dir) {
    const results = [
      await runFile(dir, 'promql/parser', (content) => runParserFile(content as ParserFile)),
      await runFile(dir, 'promql/print', (content) =>
        (content as PrintFile).cases.map(runPrintCase),
      ),
      await runFile(dir, 'api/parse-query', (content) =>
        (content as TreeFile).cases.map(runTreeCase),
      ),
    ];
    return results.filter((result) => result !== undefined);
  },
};

async function runFile(
  dir: string,
  file: string,
  run: (content: unknown) => CaseResult[],
): Promise<FileResult | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, `${file}.json`), 'utf8');
  } catch {
    return undefined;
  }
  return { file, cases: run(JSON.parse(text)) };
}

interface ErrorExpectation {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

interface ParserCase {
  readonly id: string;
  readonly kind: 'expression' | 'series description';
  readonly input?: string;
  readonly input_base64?: string;
  readonly expect: {
    readonly ok?: boolean;
    readonly node?: string;
    readonly error?: boolean;
    readonly errors?: readonly ErrorExpectation[];
    readonly labels?: Record<string, string>;
    readonly values?: readonly (number | null)[];
  };
}

interface ParserFile {
  readonly options: {
    readonly experimental_functions: boolean;
    readonly duration_expressions: boolean;
    readonly extended_range_selectors: boolean;
    readonly fill_modifiers: boolean;
  };
  readonly cases: readonly ParserCase[];
}

const GO_NAMES: Record<Expr['kind'], string> = {
  number: 'NumberLiteral',
  string: 'StringLiteral',
  vectorSelector: 'VectorSelector',
  matrixSelector: 'MatrixSelector',
  subquery: 'SubqueryExpr',
  call: 'Call',
  aggregate: 'AggregateExpr',
  binary: 'BinaryExpr',
  unary: 'UnaryExpr',
  paren: 'ParenExpr',
};

function runParserFile({ options, cases }: ParserFile): CaseResult[] {
  const parserOptions: ParserOptions = {
    experimentalFunctions: options.experimental_functions,
    durationExpressions: options.duration_expressions,
    extendedRangeSelectors: options.extended_range_selectors,
    fillModifiers: options.fill_modifiers,
  };
  return cases.map((item) =>
    item.kind === 'expression' ? runExpressionCase(item, parserOptions) : runSeriesCase(item),
  );
}

function runExpressionCase(item: ParserCase, options: ParserOptions): CaseResult {
  const { id, expect } = item;
  const input = readInput(item);
  const result = parseExpr(input.text, options);
  if (expect.ok === true) {
    const node = result.ok ? GO_NAMES[result.expr.kind] : JSON.stringify(result.errors);
    return compare(id, node, expect.node);
  }
  if (result.ok) return compare(id, printExpr(result.expr), 'an error');
  if (expect.errors === undefined) return { id, ok: true };
  const errors = result.errors.map(({ position, message }) => ({
    start: input.byteOffset(position.start),
    end: input.byteOffset(position.end),
    message,
  }));
  return compare(id, errors, expect.errors.map(withNumber));

  // Some messages of the file still have Go's verb where the user sees a number: `%f`.
  function withNumber(expected: ErrorExpectation, i: number): ErrorExpectation {
    if (!expected.message.endsWith(': %f')) return expected;
    const number = /-?\d+\.\d{6}$/.exec(errors[i]?.message ?? '')?.[0] ?? '%f';
    return { ...expected, message: expected.message.replace('%f', number) };
  }
}

interface Input {
  readonly text: string;
  /** From UTF-16 offset in the text to byte offset in what was given. */
  readonly byteOffset: (offset: number) => number;
}

function readInput({ input, input_base64 }: ParserCase): Input {
  if (input !== undefined) {
    return { text: input, byteOffset: (offset) => byteOffsetOf(input, offset) };
  }
  // ASCII and single bytes that are no UTF-8: one character for each byte.
  const bytes = Buffer.from(input_base64 ?? '', 'base64');
  const text = Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd'));
  return { text: text.join(''), byteOffset: (offset) => offset };
}

function runSeriesCase(item: ParserCase): CaseResult {
  const { id, expect } = item;
  const result = parseSeriesDescription(readInput(item).text);
  if (expect.error === true) return compare(id, result.ok, false);
  if (!result.ok) return compare(id, result.errors, expect);
  const values = result.series.values.map((value) =>
    value.kind === 'float' ? value.value : value.kind === 'omitted' ? null : value.histogram,
  );
  const labels = { ...labelsToObject(result.series.labels) };
  return compare(id, { labels, values }, expect);
}

interface PrintFile {
  readonly cases: readonly {
    readonly id: string;
    readonly form: 'one line' | 'pretty';
    readonly width?: number;
    readonly input: string;
    readonly expect: string;
  }[];
}

function runPrintCase({ id, form, width, input, expect }: PrintFile['cases'][number]): CaseResult {
  const result = parseExpr(input, ALL_PARSER_OPTIONS);
  if (!result.ok) return compare(id, result.errors, expect);
  const { expr } = result;
  return compare(id, form === 'pretty' ? prettyPrint(expr, width) : printExpr(expr), expect);
}

interface TreeFile {
  readonly cases: readonly {
    readonly name: string;
    readonly query: string;
    readonly expect: { readonly type: string; readonly fields: Record<string, unknown> };
  }[];
}

function runTreeCase({ name, query, expect }: TreeFile['cases'][number]): CaseResult {
  const result = parseExpr(query, ALL_PARSER_OPTIONS);
  if (!result.ok) return compare(name, result.errors, expect);
  const tree = translateTree(result.expr);
  const fields = Object.fromEntries(
    Object.keys(expect.fields).map((field) => [field, tree[field]]),
  );
  return compare(name, { type: tree.type, fields }, expect);
}

function compare(id: string, actual: unknown, expected: unknown): CaseResult {
  if (isDeepStrictEqual(plain(actual), plain(expected))) return { id, ok: true };
  return { id, ok: false, message: `${show(actual)} instead of ${show(expected)}` };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
