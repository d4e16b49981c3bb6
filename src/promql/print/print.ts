import {
  compareStrings,
  formatDuration,
  formatFloat,
  formatFloatG,
  isLegacyLabelName,
  METRIC_NAME,
  type Matcher,
} from '#model';
import type {
  Aggregate,
  AtModifier,
  Binary,
  DurationExpression,
  Expr,
  MatrixSelector,
  NumberLiteral,
  Subquery,
  VectorMatching,
  VectorSelector,
} from '../parse/ast.ts';
import { utf8Length } from '../parse/position.ts';
import { quoteGo } from '../parse/quote.ts';

/** Text that grows until it is longer than anyone wants to know. */
interface Page {
  text: string;
  readonly lengthMax: number;
}

/** Writes an expression on one line, as Prometheus does (promql/parser/printer.go). */
export function printExpr(expr: Expr): string {
  const page: Page = { text: '', lengthMax: Infinity };
  writeExpr(page, expr);
  return page.text;
}

/** The same, cut off with an ellipsis where it is longer. `lengthMax` in UTF-16 units. */
export function printExprStart(expr: Expr, lengthMax: number): string {
  const page: Page = { text: '', lengthMax };
  writeExpr(page, expr);
  return page.text.length <= lengthMax ? page.text : `${page.text.slice(0, lengthMax - 1)}…`;
}

/** Does the expression on one line take at most that many bytes? Writes no more than it must. */
export function fitsOnLine(expr: Expr, width: number): boolean {
  const page: Page = { text: '', lengthMax: width };
  writeExpr(page, expr);
  return page.text.length <= width && utf8Length(page.text) <= width;
}

function writeExpr(page: Page, expr: Expr): void {
  if (page.text.length > page.lengthMax) return;
  switch (expr.kind) {
    case 'number':
      page.text += printNumber(expr);
      break;
    case 'string':
      page.text += quoteGo(expr.value);
      break;
    case 'vectorSelector':
      page.text += printSelector(expr) + selectorSuffix(expr);
      break;
    case 'matrixSelector':
      page.text += printMatrixSelector(expr);
      break;
    case 'subquery':
      writeExpr(page, expr.expr);
      page.text += subquerySuffix(expr);
      break;
    case 'call':
      page.text += `${expr.func}(`;
      writeList(page, expr.args);
      break;
    case 'aggregate':
      page.text += `${aggregateHead(expr)}(`;
      writeList(page, expr.param === undefined ? [expr.expr] : [expr.param, expr.expr]);
      break;
    case 'binary':
      writeExpr(page, expr.left);
      page.text += ` ${binaryHead(expr)} `;
      writeExpr(page, expr.right);
      break;
    case 'unary':
      page.text += expr.operator;
      writeExpr(page, expr.expr);
      break;
    case 'paren':
      page.text += '(';
      writeExpr(page, expr.expr);
      page.text += ')';
      break;
  }
}

function writeList(page: Page, args: readonly Expr[]): void {
  for (const [i, arg] of args.entries()) {
    if (i > 0) page.text += ', ';
    writeExpr(page, arg);
  }
  page.text += ')';
}

/** `sum by (a, b) `, with the blank, or `sum`. */
export function aggregateHead({ operator, grouping, without }: Aggregate): string {
  if (without) return `${operator} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${operator} by (${printLabels(grouping)}) ` : operator;
}

/** The operator with its modifiers. */
export function binaryHead({ operator, returnBool, matching }: Binary): string {
  const head = returnBool ? `${operator} bool` : operator;
  return matching === undefined ? head : head + printMatching(matching);
}

function printMatching(matching: VectorMatching): string {
  const { card, labels, on, include, fillLeft, fillRight } = matching;
  const isGrouped = card === 'many-to-one' || card === 'one-to-many';
  let text = '';
  if (labels.length > 0 || on || isGrouped) {
    text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  }
  if (isGrouped) {
    text += ` group_${card === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  }
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight)) {
    return `${text} fill (${formatFloatG(fillLeft)})`;
  }
  if (fillLeft !== undefined) text += ` fill_left (${formatFloatG(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatFloatG(fillRight)})`;
  return text;
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => printLabel(label)).join(', ');
}

function printLabel(label: string): string {
  return isLegacyLabelName(label) ? label : quoteGo(label);
}

function printNumber({ value, isDuration }: NumberLiteral): string {
  return isDuration
    ? formatDuration(Math.trunc(Math.trunc(value * 1e9) / 1e6))
    : formatFloat(value);
}

function printSelector({ name, matchers }: VectorSelector): string {
  const shown = matchers.filter((matcher) => !isNameItself(matcher, name)).map(printMatcher);
  if (shown.length === 0) return name === '' ? '{}' : name;
  return `${name}{${shown.toSorted(compareStrings).join(',')}}`;
}

function isNameItself(matcher: Matcher, name: string): boolean {
  if (matcher.name !== METRIC_NAME || matcher.type !== '=') return false;
  return matcher.value === name && name !== '';
}

function printMatcher({ name, type, value }: Matcher): string {
  return `${printLabel(name)}${type}${quoteGo(value)}`;
}

function selectorSuffix(selector: VectorSelector): string {
  return printAt(selector.at) + printExtension(selector) + printOffset(selector);
}

function printExtension({ anchored, smoothed }: VectorSelector): string {
  if (anchored) return ' anchored';
  return smoothed ? ' smoothed' : '';
}

function printMatrixSelector({ selector, rangeMs, rangeExpression }: MatrixSelector): string {
  const range = printRange(rangeMs, rangeExpression);
  const suffix = printExtension(selector) + printAt(selector.at) + printOffset(selector);
  return `${printSelector(selector)}[${range}]${suffix}`;
}

function printRange(rangeMs: number, expression: DurationExpression | undefined): string {
  return expression === undefined ? formatDuration(rangeMs) : printDuration(expression);
}

/** `[range:step] @ time offset duration` */
export function subquerySuffix(subquery: Subquery): string {
  const { rangeMs, rangeExpression, stepMs, stepExpression } = subquery;
  const hasStep = stepMs !== 0 || stepExpression !== undefined;
  const step = hasStep ? printRange(stepMs, stepExpression) : '';
  const brackets = `[${printRange(rangeMs, rangeExpression)}:${step}]`;
  return brackets + printAt(subquery.at) + printOffset(subquery);
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return at.kind === 'timestamp' ? ` @ ${(at.timestampMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printOffset({ offsetMs, offsetExpression }: VectorSelector | Subquery): string {
  if (offsetExpression !== undefined) return ` offset ${printDuration(offsetExpression)}`;
  return offsetMs === 0 ? '' : ` offset ${formatDuration(offsetMs)}`;
}

function printDuration(expression: DurationExpression): string {
  const text = printBareDuration(expression);
  return expression.wrapped ? `(${text})` : text;
}

function printBareDuration({ operator, left, right }: DurationExpression): string {
  if (operator === 'step' || operator === 'range') return `${operator}()`;
  const second = printDurationOperand(right);
  if (left === undefined) return operator === '-' ? `-${second}` : second;
  const first = printDurationOperand(left);
  const isCall = operator.length > 1;
  return isCall ? `${operator}(${first}, ${second})` : `${first} ${operator} ${second}`;
}

function printDurationOperand(operand: DurationExpression | NumberLiteral | undefined): string {
  if (operand === undefined) return '';
  return operand.kind === 'number' ? printNumber(operand) : printDuration(operand);
}
