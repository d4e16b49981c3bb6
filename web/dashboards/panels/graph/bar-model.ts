import {
  cellStyle,
  cellText,
  cellAt,
  type Field,
  type FieldSettings,
  type Frame,
  seriesColours,
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
  { xField, colourField }: { readonly xField: string; readonly colourField: string },
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
  const colourIndex = namedIndex(frame, names, colourField);
  const coloured = coloursOfRows(frame.fields[colourIndex], shown[colourIndex], {
    length,
    isDark,
    zone,
  });
  const apart = new Set([xIndex, ...(isOnlyColour(frame, colourIndex) ? [colourIndex] : [])]);
  const fields = frame.fields.flatMap((field, fieldIndex) => {
    const own = shown[fieldIndex];
    const isSeries = field.type === 'number' && !apart.has(fieldIndex) && own !== undefined;
    if (!isSeries || own.style.hideFrom.graph) return [];
    const values = field.values.subarray(0, length);
    return [{ frameIndex, fieldIndex, field, settings: own, values, isOwn: undefined }];
  });
  const seriesNames = fields.map(({ fieldIndex, field }) => names[fieldIndex] ?? field.name);
  const colours = colourSeries(fields, seriesNames, isDark);
  const series = fields.map(({ settings: own, values }, i): BarSeries => {
    const { colour = '', colourAt } = colours[i] ?? {};
    const name = seriesNames[i] ?? '';
    return { name, colour, colourAt, colours: coloured, settings: own, values };
  });
  return { categories, series };
}

/** The only series may give itself its colours. */
function isOnlyColour({ fields }: Frame, colourIndex: number): boolean {
  return fields.filter(({ type }) => type === 'number').length > 1 && colourIndex >= 0;
}

/** As its values are coloured; equal texts alike where nothing else says how. */
function coloursOfRows(
  field: Field | undefined,
  settings: FieldSettings | undefined,
  { length, isDark, zone }: { length: number; isDark: boolean; zone: string },
): readonly string[] | undefined {
  if (field === undefined || settings === undefined) return undefined;
  const styles = Array.from({ length }, (_, row) =>
    cellStyle(field, row, settings, { zone, nowMs: 0, isDark }),
  );
  const texts = [...new Set(styles.map(({ whole }) => whole))];
  const plain = seriesColours(texts, isDark);
  const byText = new Map(texts.map((text, i) => [text, plain[i] ?? '']));
  return styles.map(({ whole, colour, isColourOfValue }) =>
    isColourOfValue ? colour : (byText.get(whole) ?? colour),
  );
}

function namedIndex(frame: Frame, names: readonly string[], wanted: string): number {
  if (wanted === '') return -1;
  return frame.fields.findIndex(({ name }, i) => name === wanted || names[i] === wanted);
}

function categoryIndex(frame: Frame, names: readonly string[], xField: string): number {
  const wanted = namedIndex(frame, names, xField);
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
