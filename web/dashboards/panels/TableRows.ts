import {
  type Cell,
  cellAt,
  cellStyle,
  cellText,
  expandDisplayName,
  type Field,
  type FieldSettings,
  fieldNames,
  type Frame,
  numericRange,
  reduceField,
  reducerName,
  type ValueRange,
  valueStyle,
} from '#dashboards';
import { measureText } from './StatFit.ts';
import { showValue } from './StatValues.ts';

export interface TableColumn {
  readonly key: number;
  readonly name: string;
  readonly field: Field;
  readonly settings: FieldSettings;
  readonly range: ValueRange | undefined;
  /** Of its longest text at 1 pixel, where gauges stand beside: all are equally long. 0 where there are none. */
  readonly textWidth: number;
}

export interface TableSort {
  readonly key: number;
  readonly isDescending: boolean;
}

/** More columns are no table that a person reads. */
export const COLUMNS_MAX = 200;

/** What is shown of a frame: its fields but those that are hidden. */
export function tableColumns(
  frame: Frame,
  settings: readonly FieldSettings[],
): readonly TableColumn[] {
  const names = fieldNames([frame])[0] ?? [];
  return frame.fields.slice(0, COLUMNS_MAX).flatMap((field, key) => {
    const own = settings[key];
    if (own === undefined || own.cell.isHidden) return [];
    const plainName = names[key] ?? field.name;
    const displayed = expandDisplayName(own.displayName, field, plainName);
    const range = numericRange([{ ...frame, fields: [field] }]);
    const name = displayed === '' ? plainName : displayed;
    const textWidth = own.cell.kind === 'gauge' ? widestText(field, own) : 0;
    return [{ key, name, field, settings: own, range, textWidth }];
  });
}

function widestText(field: Field, settings: FieldSettings): number {
  let widest = 0;
  for (let row = 0; row < Math.min(field.values.length, MEASURED_ROWS); row++) {
    const { whole } = showValue(cellStyle(field, row, settings, plainContext('UTC')));
    widest = Math.max(widest, measureText(whole, 400));
  }
  return widest;
}

/** Numbers stand right, so that their digits do, unless the file says otherwise. */
export function columnAlign({ field, settings }: TableColumn): 'left' | 'center' | 'right' {
  const { align } = settings.cell;
  if (align !== 'auto') return align;
  return field.type === 'number' ? 'right' : 'left';
}

export function columnText({ field, settings }: TableColumn, row: number, zone: string): string {
  return showValue(cellStyle(field, row, settings, plainContext(zone))).whole;
}

/** For texts alone, which have no colour. */
function plainContext(zone: string): { zone: string; nowMs: number; isDark: boolean } {
  return { zone, nowMs: Date.now(), isDark: false };
}

/** Rows in the order in which they stand: those that pass every filter, sorted. Equal ones keep their order. */
export function orderRows(
  columns: readonly TableColumn[],
  length: number,
  wish: {
    readonly sort: TableSort | undefined;
    readonly filters: ReadonlyMap<number, string>;
    readonly zone: string;
  },
): readonly number[] {
  const filters = columns.flatMap((column) => {
    const text = wish.filters.get(column.key)?.trim().toLowerCase() ?? '';
    return text === '' ? [] : [{ column, text }];
  });
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    const passes = filters.every(({ column, text }) =>
      columnText(column, row, wish.zone).toLowerCase().includes(text),
    );
    if (passes) rows.push(row);
  }
  const { sort } = wish;
  const column = columns.find(({ key }) => key === sort?.key);
  if (sort === undefined || column === undefined) return rows;
  const sign = sort.isDescending ? -1 : 1;
  return rows.toSorted((a, b) =>
    compareCells(cellAt(column.field, a), cellAt(column.field, b), sign),
  );
}

/** Nothing stands last, whichever way is sorted. */
function compareCells(a: Cell, b: Cell, sign: number): number {
  const isNoA = isNothing(a);
  const isNoB = isNothing(b);
  if (isNoA || isNoB) return Number(isNoA) - Number(isNoB);
  if (typeof a === 'number' && typeof b === 'number') return (a < b ? -1 : a > b ? 1 : 0) * sign;
  return collator.compare(cellText(a), cellText(b)) * sign;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function isNothing(cell: Cell): boolean {
  return cell === null || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));
}

const CELL_PADDING_PX = 22;
const SORT_MARK_PX = 16;
/** Of what is drawn beside or in place of the text. */
const DRAWN_PX: Readonly<Record<FieldSettings['cell']['kind'], number>> = {
  auto: 0,
  'color-text': 0,
  'color-background': 0,
  gauge: 90,
  sparkline: 100,
  json: 40,
  image: 0,
  'data-links': 60,
};
const WIDTH_MIN_PX = 50;
const WIDTH_MAX_PX = 320;
const MEASURED_ROWS = 60;

/** In pixels: as wide as their texts are, and what is left over shared by those that no setting fixes. */
export function columnWidths(
  columns: readonly TableColumn[],
  room: { readonly width: number; readonly length: number; readonly fontPx: number },
  zone: string,
): number[] {
  const wanted = columns.map((column) => {
    const { width, minWidth } = column.settings.cell;
    if (width > 0) return width;
    let em = measureText(column.name.slice(0, 80), 600) + SORT_MARK_PX / room.fontPx;
    for (let row = 0; row < Math.min(room.length, MEASURED_ROWS); row++) {
      em = Math.max(em, measureText(columnText(column, row, zone).slice(0, 80), 400));
    }
    const least = Math.max(WIDTH_MIN_PX, minWidth);
    return Math.ceil(
      Math.max(
        least,
        Math.min(
          WIDTH_MAX_PX,
          em * room.fontPx + CELL_PADDING_PX + DRAWN_PX[column.settings.cell.kind],
        ),
      ),
    );
  });
  const flexible = columns.filter(({ settings }) => settings.cell.width <= 0).length;
  const left = room.width - wanted.reduce((sum, width) => sum + width, 0);
  if (left <= 0 || flexible === 0) return wanted;
  const more = Math.floor(left / flexible);
  return wanted.map((width, i) =>
    (columns[i]?.settings.cell.width ?? 0) > 0 ? width : width + more,
  );
}

/** What stands below a column of numbers: `Max: 12 MB`. */
export function footerText(
  { field, settings }: TableColumn,
  reducers: readonly string[],
  zone: string,
): string {
  if (field.type !== 'number') return '';
  const shown = reducers.map((id) => {
    const text = showValue(valueStyle(settings, reduceField(field, id), plainContext(zone))).whole;
    return reducers.length > 1 ? `${reducerName(id)}: ${text}` : text;
  });
  return shown.join(' ');
}
