import { schemeColour, schemeColours, shadeOf } from './colour-schemes.ts';
import { cssColour } from './colours.ts';
import type { FieldSettings } from './field-settings.ts';
import type { Cell } from './frame-columns.ts';
import { cellAt, cellText } from './frame-columns.ts';
import type { Field, Frame } from './frame.ts';
import { mappedValue } from './mappings.ts';
import { reduceField } from './reducers.ts';
import type { ValueRange } from './thresholds.ts';
import { fractionOf, thresholdOf } from './thresholds.ts';
import type { FormattedValue, UnitContext } from './units.ts';
import { formatValue, isInstantUnit } from './units.ts';

/** What the look of a value depends on beside its settings. */
export interface StyleContext extends UnitContext {
  readonly isDark: boolean;
  /** Of the data, for settings without bounds of their own; undefined: 0 to 100. */
  readonly range?: ValueRange | undefined;
  /** Of the palette, for modes that go by series; '' for the text's own. */
  readonly seriesColour?: string | undefined;
  /** Of the series, for `shades`. */
  readonly seriesName?: string | undefined;
}

/** A value as it is shown. */
export interface ValueStyle extends FormattedValue {
  /** Prefix, text and suffix. */
  readonly whole: string;
  /** As CSS, always a plain hex colour. */
  readonly colour: string;
  /** A mapping, a threshold or the settings chose the colour, rather than the series' place. */
  readonly isColourOfValue: boolean;
  /** Of the range, 0 to 1. */
  readonly fraction: number;
  /** False for null; then the text is `noValue`, or what a mapping makes of it. */
  readonly hasValue: boolean;
}

/** Text, colour and place in its range of one value. */
export function valueStyle(
  settings: FieldSettings,
  value: Cell | undefined,
  context: StyleContext,
): ValueStyle {
  const range = settingsRange(settings, context.range);
  const number = numberIn(value ?? null);
  const mapped = mappedValue(settings.mappings, value);
  const formatted =
    mapped?.text === undefined
      ? textOfValue(settings, value ?? null, context)
      : { prefix: '', text: mapped.text, suffix: '' };
  const isMapped = mapped !== undefined && mapped.colour !== '';
  const ofValue = isMapped
    ? cssColour(mapped.colour, context.isDark)
    : valueColour(settings, number, range, context);
  return {
    ...formatted,
    whole: formatted.prefix + formatted.text + formatted.suffix,
    colour: ofValue ?? (context.seriesColour || cssColour('text', context.isDark)),
    isColourOfValue: ofValue !== undefined,
    fraction: fractionOf(number, range),
    hasValue: value !== null && value !== undefined,
  };
}

/** The colour of a whole series: of its last, lowest or highest value where the settings go by value. */
export function seriesStyleColour(
  settings: FieldSettings,
  field: Field,
  context: StyleContext,
): string {
  const { by } = settings.colour;
  const value = reduceField(field, by === 'last' ? 'lastNotNull' : by);
  const range = settingsRange(settings, context.range);
  const colour = valueColour(settings, numberIn(value), range, context);
  return colour ?? (context.seriesColour || cssColour('text', context.isDark));
}

/** Undefined where the series' place in the palette decides. */
function valueColour(
  { colour, thresholds }: FieldSettings,
  value: number,
  range: ValueRange,
  context: StyleContext,
): string | undefined {
  const { mode, fixed } = colour;
  const { isDark } = context;
  if (mode === 'fixed') return cssColour(fixed, isDark);
  if (mode === 'shades') return shadeOf(fixed, context.seriesName ?? '', isDark);
  if (mode === 'thresholds') {
    const step = thresholdOf(thresholds, value, range);
    return step === undefined ? undefined : cssColour(step.colour, isDark);
  }
  if (!mode.startsWith('continuous-')) return undefined;
  if (schemeColours(mode, isDark) === undefined) return undefined;
  return schemeColour(mode, fractionOf(value, range), isDark);
}

/** Bounds of the settings, else of the data; those of a percentage are known. */
export function settingsRange(
  { min, max, unit }: FieldSettings,
  range: ValueRange | undefined,
): ValueRange {
  const usualMax = unit === 'percentunit' ? 1 : 100;
  const isShare = unit === 'percent' || unit === 'percentunit';
  const usual = isShare ? { min: 0, max: Math.max(usualMax, range?.max ?? 0) } : range;
  return { min: min ?? usual?.min ?? 0, max: max ?? usual?.max ?? usualMax };
}

/** Lowest and highest number in all frames; undefined where there is none. */
export function numericRange(frames: readonly Frame[]): ValueRange | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const { fields } of frames) {
    for (const field of fields) {
      if (field.type !== 'number') continue;
      for (const value of field.values) {
        if (!Number.isFinite(value)) continue;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  }
  return min <= max ? { min, max } : undefined;
}

function numberIn(value: Cell): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return NaN;
  return Number(value);
}

function textOfValue(settings: FieldSettings, value: Cell, context: StyleContext): FormattedValue {
  if (
    value === null ||
    (typeof value === 'number' && Number.isNaN(value) && settings.noValue !== '')
  ) {
    return { prefix: '', text: settings.noValue, suffix: '' };
  }
  const { unit, decimals } = settings;
  if (typeof value === 'number') return formatValue(value, unit, decimals, context);
  const number = numberIn(value);
  const isNumeric = unit !== '' && unit !== 'string' && !Number.isNaN(number);
  if (isNumeric && typeof value === 'string') return formatValue(number, unit, decimals, context);
  if (isInstantUnit(unit) && typeof value === 'string' && !Number.isNaN(Date.parse(value))) {
    return formatValue(Date.parse(value), unit, decimals, context);
  }
  return { prefix: '', text: cellText(value), suffix: '' };
}

/** The value of a field in a row as it is shown; instants of a time field as dates. */
export function cellStyle(
  field: Field,
  row: number,
  settings: FieldSettings,
  context: StyleContext,
): ValueStyle {
  const isDate = field.type === 'time' && !isInstantUnit(settings.unit);
  const own = isDate ? { ...settings, unit: 'dateTimeAsIso', decimals: undefined } : settings;
  return valueStyle(own, cellAt(field, row), context);
}
