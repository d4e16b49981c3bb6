import {
  cellStyle,
  cellText,
  cellAt,
  type Field,
  type FieldSettings,
  type Frame,
} from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import type { BarSeries } from './bar-plot.ts';
import { colourSeries } from './series-colours.ts';
import { displayNames } from './series-model.ts';

export interface BarModel {
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
}

/** Categories of a bar chart: more would be thinner than a pixel. */
const CATEGORIES_MAX = 2000;

/**
 * Categories are the field of that name, else the first of texts, else the times; each numeric field of its frame is
 * a series.
 */
export function barModel(
  source: Pick<PanelProps, 'frames' | 'settings' | 'interpolate' | 'isDark' | 'zone'>,
  xField: string,
): BarModel {
  const { frames, settings, isDark, zone } = source;
  const frameIndex = frames.findIndex(({ fields }) => fields.some(({ type }) => type === 'number'));
  const frame = frames[frameIndex];
  const shown = settings[frameIndex];
  if (frame === undefined || shown === undefined) return { categories: [], series: [] };
  const names = displayNames(source)[frameIndex] ?? [];
  const xIndex = categoryIndex(frame, names, xField);
  const length = Math.min(frame.length, CATEGORIES_MAX);
  const x = frame.fields[xIndex];
  const xSettings = shown[xIndex];
  const categories = Array.from({ length }, (_, row) =>
    x === undefined ? String(row + 1) : categoryText(x, row, xSettings, { zone, isDark }),
  );
  const fields = frame.fields.flatMap((field, fieldIndex) => {
    const own = shown[fieldIndex];
    const isSeries = field.type === 'number' && fieldIndex !== xIndex && own !== undefined;
    if (!isSeries || own.style.hideFrom.graph) return [];
    const values = field.values.subarray(0, length);
    return [{ frameIndex, fieldIndex, field, settings: own, values, isOwn: undefined }];
  });
  const seriesNames = fields.map(({ fieldIndex, field }) => names[fieldIndex] ?? field.name);
  const colours = colourSeries(fields, seriesNames, isDark);
  const series = fields.map(({ settings: own, values }, i): BarSeries => {
    const { colour = '', colourAt } = colours[i] ?? {};
    return { name: seriesNames[i] ?? '', colour, colourAt, settings: own, values };
  });
  return { categories, series };
}

function categoryIndex(frame: Frame, names: readonly string[], xField: string): number {
  const wanted = frame.fields.findIndex(
    ({ name }, i) => xField !== '' && (name === xField || names[i] === xField),
  );
  if (wanted >= 0) return wanted;
  const text = frame.fields.findIndex(({ type }) => type === 'text');
  return text >= 0 ? text : frame.fields.findIndex(({ type }) => type === 'time');
}

function categoryText(
  field: Field,
  row: number,
  settings: FieldSettings | undefined,
  { zone, isDark }: { readonly zone: string; readonly isDark: boolean },
): string {
  if (settings === undefined) return cellText(cellAt(field, row));
  return cellStyle(field, row, settings, { zone, nowMs: 0, isDark }).whole;
}
