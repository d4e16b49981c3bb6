import { type AnchoredRegexp, compileAnchored, labelValue, METRIC_NAME, withLabel } from '#model';
import { type CallContext, stringArgument, vectorArgument } from '../evaluate/call-context.ts';
import { type Evaluation, execution } from '../evaluate/evaluation.ts';
import { mergeSameLabels, type Series, type Value } from '../evaluate/matrix.ts';
import { expandedLength, expandTemplate, parseTemplate } from './expand-template.ts';

export function labelReplace(context: CallContext): Value {
  const [target, template, source, pattern] = [1, 2, 3, 4].map((i) => stringArgument(context, i));
  const regexp = compilePattern(pattern);
  checkLabelName(target, 'destination', 'label_replace');
  const { evaluation } = context;
  const parts = parseTemplate(template, regexp.compiled.namedGroups());
  const series = vectorArgument(context, 0).map((one) => {
    const text = labelValue(one.labels, source);
    evaluation.passTurns(10 + parts.length + (text.length >>> 3));
    const matcher = regexp.compiled.matcher(text);
    if (!matcher.matches()) return one;
    const groups: string[] = [];
    for (let i = 0; i <= matcher.groupCount(); i++) groups.push(matcher.group(i) ?? '');
    const length = expandedLength(parts, groups);
    const make = (): string => expandTemplate(parts, groups);
    return relabelled(evaluation, one, { target, length, make });
  });
  return { kind: 'vector', series: mergeSameLabels(series, evaluation) };
}

function compilePattern(pattern: string): AnchoredRegexp {
  try {
    return compileAnchored(pattern);
  } catch (error) {
    throw execution(`invalid regular expression in label_replace(): ${pattern}`, error);
  }
}

export function labelJoin(context: CallContext): Value {
  const target = stringArgument(context, 1);
  const separator = stringArgument(context, 2);
  const sources: string[] = [];
  for (let i = 3; i < context.call.args.length; i++) sources.push(stringArgument(context, i));
  for (const source of sources) checkLabelName(source, 'source', 'label_join');
  checkLabelName(target, 'destination', 'label_join');
  const { evaluation } = context;
  const series = vectorArgument(context, 0).map((one) => {
    evaluation.passTurns(1 + sources.length);
    const values = sources.map((source) => labelValue(one.labels, source));
    let length = Math.max(0, sources.length - 1) * separator.length;
    for (const value of values) length += value.length;
    const make = (): string => values.join(separator);
    return relabelled(evaluation, one, { target, length, make });
  });
  return { kind: 'vector', series: mergeSameLabels(series, evaluation) };
}

/** A series with labels of its own, whose columns are those of another one. */
const LABELLED_BYTES = 150;
/** A character, in the worst case. */
const CHARACTER_BYTES = 2;

interface NewLabel {
  readonly target: string;
  /** In characters: texts that grow at each call are refused before they are made. */
  readonly length: number;
  readonly make: () => string;
}

/** A new name takes the place of one that was to be dropped. */
function relabelled(
  { memory }: Evaluation,
  series: Series,
  { target, length, make }: NewLabel,
): Series {
  memory.keep(LABELLED_BYTES + 8 * series.labels.length + length * CHARACTER_BYTES);
  const value = make();
  return {
    labels: withLabel(series.labels, target, value),
    dropName: target === METRIC_NAME ? false : series.dropName,
    kinds: series.kinds,
    values: series.values,
    histograms: series.histograms,
  };
}

/** What no UTF-8 can say. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

function checkLabelName(name: string, role: string, func: string): void {
  if (name !== '' && !LONE_SURROGATE.test(name)) return;
  throw execution(`invalid ${role} label name in ${func}(): ${name}`);
}
