import type { Field, Frame } from './frame.ts';

type Labels = Readonly<Record<string, string>>;

/** Characters of a name; what is longer is cut. */
const nameLengthMax = 1000;

/**
 * The name of a series as the legend of its query wants it. `{{label}}` stands for the label's value, or for nothing
 * where there is no such label; '' gives the metric with its labels; `__auto` leaves the choice of labels to
 * `fieldNames` (''). A series that has no name by this is named by its expression.
 */
export function seriesLegend(legend: string, labels: Labels, expr: string): string {
  const name = chosenLegend(legend, labels);
  return name === undefined ? '' : (name || expr).slice(0, nameLengthMax);
}

function chosenLegend(legend: string, labels: Labels): string | undefined {
  if (legend === '__auto') return Object.keys(labels).length === 0 ? '' : undefined;
  if (legend !== '') return expandLegend(legend, labels);
  return Object.keys(labels).length === 0 ? '' : metricText(labels);
}

/** `{{ name }}` is the label's value; braces that hold nothing of the kind stay. */
export function expandLegend(legend: string, labels: Labels): string {
  let text = '';
  let at = 0;
  while (at < legend.length) {
    const open = legend.indexOf('{{', at);
    const close = open < 0 ? -1 : legend.indexOf('}}', open + 2);
    if (close < 0) break;
    const name = legend.slice(open + 2, close).trim();
    text += legend.slice(at, open);
    if (Object.hasOwn(labels, name)) text += labels[name] ?? '';
    at = close + 2;
  }
  return text + legend.slice(at);
}

/** `up{instance="a", job="b"}`, `{job="b"}`, or 'Value' where there is neither. */
export function metricText(labels: Labels): string {
  const name = labels['__name__'] ?? '';
  const rest = labelsText(labels);
  return (name + (rest === '{}' ? '' : rest) || 'Value').slice(0, nameLengthMax);
}

/** `{instance="a", job="b"}`, without the metric's name. */
export function labelsText(labels: Labels): string {
  const pairs: string[] = [];
  for (const name of Object.keys(labels).toSorted()) {
    if (name !== '__name__') pairs.push(`${name}=${JSON.stringify(labels[name] ?? '')}`);
  }
  return `{${pairs.join(', ')}}`;
}

/**
 * The names of the fields of a panel's frames: `names[i][j]` of `frames[i].fields[j]`. What the legend says; else, of a
 * field with labels, the value of the one label by which all differ, or the metric with all labels; else the
 * field's own name, with a number from 1 where several of one frame have it, as Grafana's files expect (`Time 1`).
 * Series may share a name, as their legends say.
 */
export function fieldNames(frames: readonly Frame[]): string[][] {
  const label = onlyLabel(frames);
  return frames.map(({ fields }) => {
    const counts = new Map<string, number>();
    const numbers = new Map<string, number>();
    for (const field of fields) {
      if (isBare(field)) counts.set(field.name, (counts.get(field.name) ?? 0) + 1);
    }
    return fields.map((field) => {
      if (!isBare(field) || (counts.get(field.name) ?? 0) < 2) return plainName(field, label);
      const number = (numbers.get(field.name) ?? 0) + 1;
      numbers.set(field.name, number);
      return `${field.name} ${number}`;
    });
  });
}

function isBare({ legend, labels }: Field): boolean {
  return legend === '' && Object.keys(labels).length === 0;
}

/** The name of the label that alone all labelled fields have. */
function onlyLabel(frames: readonly Frame[]): string | undefined {
  let found: string | undefined;
  for (const { fields } of frames) {
    for (const { labels, legend } of fields) {
      if (legend !== '') continue;
      const names = Object.keys(labels);
      const [name] = names;
      if (name === undefined) continue;
      if (names.length > 1 || (found !== undefined && found !== name)) return undefined;
      found = name;
    }
  }
  return found;
}

function plainName(field: Field, onlyLabel: string | undefined): string {
  if (field.legend !== '') return field.legend;
  if (Object.keys(field.labels).length === 0) return field.name;
  const isPlain = field.name === 'Value' || field.name.startsWith('Value #');
  if (!isPlain) return `${field.name} ${labelsText(field.labels)}`;
  const value = onlyLabel === undefined ? undefined : field.labels[onlyLabel];
  return value === undefined || value === '' ? metricText(field.labels) : value;
}

/** What `${__field.labels.job}`, `${__series.name}` and `${__field.name}` in a display name stand for. */
export function expandDisplayName(text: string, field: Field, name: string): string {
  if (!text.includes('$')) return text;
  const known = /\$\{__(?:field|series)\.(name|displayName|labels)(?:\.([^}]{1,200}))?\}/g;
  const expanded = text.replaceAll(known, (_, what: string, label: string | undefined) => {
    if (what !== 'labels') return name;
    if (label === undefined) return labelsText(field.labels);
    const key = label.replace(/^["']|["']$/g, '');
    return Object.hasOwn(field.labels, key) ? (field.labels[key] ?? '') : '';
  });
  return expanded.slice(0, nameLengthMax);
}
