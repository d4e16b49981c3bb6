import type { LabelObject } from '#contract';

const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export interface SeriesNameParts {
  /** '' where the series has no name, or one that must be quoted inside the braces. */
  readonly name: string;
  /** What stands between the braces: names already quoted where they must be, values unquoted. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** A name that is not plain, quoted, first between the braces. */
  readonly quotedName: string;
}

export function splitSeriesName(metric: LabelObject): SeriesNameParts {
  const name = metric['__name__'] ?? '';
  const isPlain = name === '' || PLAIN_NAME.test(name);
  const labels = Object.keys(metric)
    .filter((labelName) => labelName !== '__name__')
    .toSorted()
    .map(
      (labelName) =>
        [
          PLAIN_LABEL_NAME.test(labelName) ? labelName : JSON.stringify(labelName),
          metric[labelName] ?? '',
        ] as const,
    );
  return { name: isPlain ? name : '', labels, quotedName: isPlain ? '' : JSON.stringify(name) };
}

/** A selector that finds the series: `up{job="a"}`, `{}` for no labels at all. */
export function printSeriesName(metric: LabelObject): string {
  const { name, labels, quotedName } = splitSeriesName(metric);
  const parts = labels.map(([labelName, value]) => `${labelName}=${JSON.stringify(value)}`);
  if (quotedName !== '') parts.unshift(quotedName);
  if (parts.length === 0) return name === '' ? '{}' : name;
  return `${name}{${parts.join(', ')}}`;
}
