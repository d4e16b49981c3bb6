import type { Field, Frame } from './frame.ts';
import { fieldOfCells, textField } from './frame-columns.ts';
import type { Cursor } from './read-cursor.ts';
import { boundedRows, namedFields, singleSeries, tableOf } from './transform.ts';
import { merge } from './transform-merge.ts';

const labelsMax = 200;

/** Labels as columns of their own; or as rows of name and value, a table for each series. */
export function labelsToFields(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const single = singleSeries(frames);
  const keep = options.texts('keepLabels', labelsMax);
  const valueLabel = options.text('valueLabel');
  if (options.text('mode') === 'rows') return labelRows(single, keep);
  const tables = single.map((frame) => labelColumns(frame, keep, valueLabel));
  return merge(tables, options);
}

function isKept(name: string, keep: readonly string[]): boolean {
  return keep.length === 0 ? name !== '__name__' : keep.includes(name);
}

function labelColumns(frame: Frame, keep: readonly string[], valueLabel: string): Frame {
  const labels = new Map<string, string>();
  const fields = frame.fields.map((field): Field => {
    for (const [name, value] of Object.entries(field.labels)) {
      if (name !== valueLabel && isKept(name, keep)) labels.set(name, value);
    }
    const metric = field.labels['__name__'] ?? '';
    const own = valueLabel === '' ? '' : (field.labels[valueLabel] ?? '');
    const usual = field.name === 'Value' && metric !== '' ? metric : field.name;
    return { ...field, name: own || usual, labels: {}, legend: '' };
  });
  const columns = [...labels].map(([name, value]) => {
    return textField(
      name,
      Array.from({ length: frame.length }, () => value),
    );
  });
  return tableOf(frame.refId, [
    ...fields.filter(isTime),
    ...columns,
    ...fields.filter((field) => !isTime(field)),
  ]);
}

function isTime({ type }: Field): boolean {
  return type === 'time';
}

function labelRows(frames: readonly Frame[], keep: readonly string[]): Frame[] {
  return frames.flatMap((frame) =>
    frame.fields.flatMap((field): Frame[] => {
      const names = Object.keys(field.labels).filter((name) => isKept(name, keep));
      if (names.length === 0) return [];
      const values = names.map((name) => field.labels[name] ?? '');
      return [tableOf(frame.refId, [textField('label', names), textField('value', values)])];
    }),
  );
}

/** All points of all series in one table: time, name, value; the newest first. */
export function seriesToRows(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const points: { readonly ms: number; readonly name: string; readonly value: number }[] = [];
  for (const fields of namedFields(frames)) {
    const time = fields.find(({ field }) => field.type === 'time')?.field;
    for (const { field, name } of fields) {
      if (field.type !== 'number' || time?.type !== 'time') continue;
      for (let i = 0; i < field.values.length; i++) {
        if (field.isNull?.[i] === 1 || points.length >= pointsMax) continue;
        points.push({ ms: time.values[i] ?? NaN, name, value: field.values[i] ?? NaN });
      }
    }
  }
  const sorted = points.toSorted((a, b) => b.ms - a.ms);
  const rows = sorted.slice(0, boundedRows(sorted.length, options));
  const { refId } = frames[0] ?? { refId: '' };
  return [
    tableOf(refId, [
      {
        type: 'time',
        name: 'Time',
        labels: {},
        legend: '',
        values: Float64Array.from(rows, ({ ms }) => ms),
      },
      textField(
        'Metric',
        rows.map(({ name }) => name),
      ),
      fieldOfCells(
        { name: 'Value', labels: {}, legend: '' },
        rows.map(({ value }) => value),
      ),
    ]),
  ];
}

/** Points that are sorted, of which the rows are cut. */
const pointsMax = 500_000;
