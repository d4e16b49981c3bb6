import {
  applyRelabel,
  formatLabels,
  hasLabel,
  isLegacyLabelName,
  isLegacyMetricName,
  labelsFromPairs,
  labelValue,
  METRIC_NAME,
} from '#model';
import type { Labels } from '#model';
import type { ScrapeConfig } from '#config';

/** Names that a target gives itself but that are the server's to set get this prefix. */
const EXPORTED = 'exported_';

/**
 * The labels of a sample as they are stored: the target's added, then relabelled. Undefined where
 * relabelling drops it.
 */
export function sampleLabels(
  exposed: Labels,
  targetLabels: Labels,
  config: Pick<ScrapeConfig, 'honorLabels' | 'metricRelabelRules'>,
): Labels | undefined {
  const labels = config.honorLabels
    ? addMissing(exposed, targetLabels)
    : addAndRename(exposed, targetLabels);
  const relabelled = applyRelabel(config.metricRelabelRules, labels);
  return relabelled === undefined || relabelled.length === 0 ? undefined : relabelled;
}

function addMissing(exposed: Labels, targetLabels: Labels): Labels {
  const pairs = new Map<string, string>();
  for (let i = 0; i < targetLabels.length; i += 2) {
    pairs.set(targetLabels[i] ?? '', targetLabels[i + 1] ?? '');
  }
  for (let i = 0; i < exposed.length; i += 2) pairs.set(exposed[i] ?? '', exposed[i + 1] ?? '');
  return labelsFromPairs(pairs);
}

function addAndRename(exposed: Labels, targetLabels: Labels): Labels {
  const pairs = new Map<string, string>();
  const conflicts: [string, string][] = [];
  for (let i = 0; i < exposed.length; i += 2) pairs.set(exposed[i] ?? '', exposed[i + 1] ?? '');
  for (let i = 0; i < targetLabels.length; i += 2) {
    const name = targetLabels[i] ?? '';
    const theirs = pairs.get(name) ?? '';
    if (theirs !== '') conflicts.push([name, theirs]);
    pairs.set(name, targetLabels[i + 1] ?? '');
  }
  // Shorter names first, so that `a` and `exported_a` both in conflict do not depend on their order.
  for (const [name, value] of conflicts.toSorted(([a], [b]) => a.length - b.length)) {
    let renamed = EXPORTED + name;
    while ((pairs.get(renamed) ?? '') !== '') renamed = EXPORTED + renamed;
    pairs.set(renamed, value);
  }
  return labelsFromPairs(pairs);
}

/** Why labels cannot be stored, or undefined (Prometheus' words). `exposed` are those before `labels`. */
export function checkSampleLabels(
  exposed: Labels,
  labels: Labels,
  config: Pick<ScrapeConfig, 'metricNameValidationScheme'>,
): string | undefined {
  for (let i = 2; i < exposed.length; i += 2) {
    if (exposed[i] === exposed[i - 2]) {
      return `label name ${JSON.stringify(exposed[i])} is not unique: invalid sample`;
    }
  }
  if (!hasLabel(labels, METRIC_NAME)) return 'missing metric name (__name__ label)';
  if (config.metricNameValidationScheme === 'legacy' && !areLegacyNames(labels)) {
    return `invalid metric name or label names: ${formatLabels(labels)}`;
  }
  return undefined;
}

function areLegacyNames(labels: Labels): boolean {
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    const isLegacy =
      name === METRIC_NAME ? isLegacyMetricName(labels[i + 1] ?? '') : isLegacyLabelName(name);
    if (!isLegacy) return false;
  }
  return true;
}

type LabelLimits = Pick<
  ScrapeConfig,
  'labelLimit' | 'labelNameLengthLimit' | 'labelValueLengthLimit'
>;

/** Which label limit a sample exceeds, in Prometheus' words; undefined: none. Lengths are in bytes. */
export function checkLabelLimits(labels: Labels, limits: LabelLimits): string | undefined {
  const metric = shorten(labelValue(labels, METRIC_NAME));
  const count = labels.length / 2;
  if (limits.labelLimit > 0 && count > limits.labelLimit) {
    return `label_limit exceeded (metric: ${metric}, number of labels: ${count}, limit: ${limits.labelLimit})`;
  }
  if (limits.labelNameLengthLimit === 0 && limits.labelValueLengthLimit === 0) return undefined;
  for (let i = 0; i < labels.length; i += 2) {
    const problem = checkLabel(labels[i] ?? '', labels[i + 1] ?? '', limits);
    if (problem !== undefined) return problem.replace('{metric}', () => metric);
  }
  return undefined;
}

function checkLabel(name: string, value: string, limits: LabelLimits): string | undefined {
  const nameBytes = Buffer.byteLength(name);
  const { labelNameLengthLimit: nameLimit, labelValueLengthLimit: valueLimit } = limits;
  if (nameLimit > 0 && nameBytes > nameLimit) {
    return `label_name_length_limit exceeded (metric: {metric}, label name: ${shorten(name)}, length: ${nameBytes}, limit: ${nameLimit})`;
  }
  const valueBytes = Buffer.byteLength(value);
  if (valueLimit > 0 && valueBytes > valueLimit) {
    const shown = JSON.stringify(shorten(value));
    return `label_value_length_limit exceeded (metric: {metric}, label name: ${shorten(name)}, value: ${shown}, length: ${valueBytes}, limit: ${valueLimit})`;
  }
  return undefined;
}

/** Of a long text its first 50 characters. */
function shorten(text: string): string {
  return text.length <= 50 ? text : Array.from(text).slice(0, 50).join('');
}
