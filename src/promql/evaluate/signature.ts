import { filterLabels, type Labels, labelsKey, METRIC_NAME } from '#model';
import type { VectorMatching } from '../parse/ast.ts';

/** The labels by which series of two vectors find each other. */
export function matchLabels(matching: VectorMatching): (labels: Labels) => Labels {
  const names = new Set(matching.labels);
  if (matching.on) return (labels) => filterLabels(labels, (name) => names.has(name));
  return (labels) => filterLabels(labels, (name) => name !== METRIC_NAME && !names.has(name));
}

/** The same as a Map key. */
export function signatureOf(matching: VectorMatching): (labels: Labels) => string {
  const match = matchLabels(matching);
  return (labels) => labelsKey(match(labels));
}
