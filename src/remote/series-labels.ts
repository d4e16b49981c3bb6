import { compareStrings, type Labels, METRIC_NAME } from '#model';

/** Sorts name, value, name, value, ... by name and leaves out empty values. Cheap where it is sorted. */
export function sortLabels(pairs: string[]): Labels {
  for (let i = 2; i < pairs.length; i += 2) {
    let at = i;
    const name = pairs[i] as string;
    const value = pairs[i + 1] as string;
    while (at > 0 && compareStrings(pairs[at - 2] as string, name) > 0) {
      pairs[at] = pairs[at - 2] as string;
      pairs[at + 1] = pairs[at - 1] as string;
      at -= 2;
    }
    pairs[at] = name;
    pairs[at + 1] = value;
  }
  return pairs.includes('') ? withoutEmptyValues(pairs) : pairs;
}

function withoutEmptyValues(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => pairs[i - (i % 2) + 1] !== '');
}

/** Why no series may have these (sorted) labels, in Prometheus' words; undefined where one may. */
export function labelsProblem(pairs: readonly string[], labels: Labels): string | undefined {
  let hasName = false;
  let isValid = true;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    if (name === METRIC_NAME) hasName = true;
    // U+FFFD: the bytes were not UTF-8, which no name or value may be.
    if (name === '' || name.includes('\ufffd') || (labels[i + 1] as string).includes('\ufffd')) {
      isValid = false;
    }
  }
  if (!hasName || !isValid) return `invalid metric name or labels, got ${showLabels(pairs)}`;
  for (let i = 2; i < labels.length; i += 2) {
    if (labels[i] === labels[i - 2]) {
      return `invalid labels for series, labels ${showLabels(pairs)}, duplicated label ${labels[i]}`;
    }
  }
  return undefined;
}

/** `{__name__="up", job="node"}`. */
export function showLabels(labels: readonly string[]): string {
  const parts: string[] = [];
  for (let i = 0; i + 1 < labels.length; i += 2) {
    parts.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`);
  }
  return `{${parts.join(', ')}}`;
}
