import {
  type Cell,
  cellAt,
  cellText,
  expandDisplayName,
  type Field,
  type FieldSettings,
  fieldNames,
  formatText,
  type Frame,
  keepsUnit,
  numericRange,
  type Reduction,
  reduceField,
  seriesColours,
  settingsRange,
  textPattern,
  type ValueRange,
  type ValueStyle,
  valueStyle,
} from '#dashboards';
import { pathPrefix } from '../../location/location.ts';
import { safeUrl } from '../safe-url.ts';
import type { Interpolate, PanelProps } from './panel-props.ts';

/** One value that a panel of single values shows. */
export interface PanelValue {
  readonly key: string;
  readonly name: string;
  /** NaN where it is no number. */
  readonly number: number;
  readonly shown: ValueStyle;
  /** Of CSS. */
  readonly colour: string;
  readonly range: ValueRange;
  /** 0 to 1: where it is between the bounds. */
  readonly fraction: number;
  readonly field: Field;
  readonly times: Float64Array | undefined;
  readonly settings: FieldSettings;
  readonly links: readonly ValueLink[];
}

export interface ValueLink {
  readonly title: string;
  readonly href: string;
  readonly opensNewTab: boolean;
}

export interface ValuesAsked extends Pick<
  PanelProps,
  'frames' | 'settings' | 'zone' | 'isDark' | 'interpolate'
> {
  readonly reduction: Reduction;
}

export interface PanelValues {
  readonly values: readonly PanelValue[];
  /** How many more there are than a panel shows. */
  readonly leftOut: number;
}

/** More than a person compares in one panel. */
export const VALUES_MAX = 200;
const NAME_CHARACTERS_MAX = 200;

interface Candidate {
  readonly key: string;
  readonly name: string;
  readonly cell: Cell;
  readonly reducer: string;
  readonly field: Field;
  readonly times: Float64Array | undefined;
  readonly settings: FieldSettings;
}

/** A value of each series, or of each row where the panel wants all. */
export function listPanelValues(asked: ValuesAsked): PanelValues {
  const candidates = listCandidates(asked);
  const spread = numericRange(asked.frames);
  const shown = candidates.slice(0, VALUES_MAX);
  const colours = seriesColours(
    shown.map(({ name }) => name),
    asked.isDark,
  );
  return {
    values: shown.map((candidate, i) =>
      toPanelValue(candidate, asked, { spread, seriesColour: colours[i] }),
    ),
    leftOut: candidates.length - shown.length,
  };
}

function listCandidates({ frames, settings, reduction }: ValuesAsked): Candidate[] {
  const names = fieldNames(frames);
  const wants = fieldFilter(reduction.fields);
  const reducer = reduction.reducers[0] ?? 'lastNotNull';
  const candidates: Candidate[] = [];
  for (const [i, frame] of frames.entries()) {
    const times = frame.fields.find((field) => field.type === 'time')?.values;
    for (const [j, field] of frame.fields.entries()) {
      const own = settings[i]?.[j];
      const plainName = names[i]?.[j] ?? field.name;
      if (own === undefined || own.style.hideFrom.graph || !wants(field, plainName)) continue;
      const displayed = expandDisplayName(own.displayName, field, plainName);
      const name = (displayed === '' ? plainName : displayed).slice(0, NAME_CHARACTERS_MAX);
      const base = { name, reducer, field, times, settings: own };
      if (reduction.showsAllValues) {
        const count = Math.min(frame.length, reduction.limit > 0 ? reduction.limit : 25);
        for (let row = 0; row < count; row++) {
          const rowName = textOfRow(frame, row);
          const named = rowName === '' ? base : { ...base, name: rowName };
          candidates.push({ ...named, key: `${i} ${j} ${row}`, cell: cellAt(field, row) });
        }
      } else candidates.push({ ...base, key: `${i} ${j}`, cell: reduceField(field, reducer) });
    }
  }
  return candidates;
}

/** What the texts of a row say is the name of its values. */
function textOfRow(frame: Frame, row: number): string {
  const texts = frame.fields.flatMap((field) => (field.type === 'text' ? [field.values[row]] : []));
  return texts.join(' ').slice(0, NAME_CHARACTERS_MAX);
}

/** `''` is every number, `/pattern/` or a name says which fields; a pattern that is none means none. */
function fieldFilter(fields: string): (field: Field, name: string) => boolean {
  if (fields === '') return (field) => field.type === 'number';
  const body = /^\/(.*)\/([a-z]*)$/s.exec(fields);
  if (body === null) return (field, name) => name === fields || field.name === fields;
  if (body[1] === '.*') return (field) => field.type !== 'time';
  const pattern = textPattern(fields);
  return (field, name) =>
    pattern !== undefined && (pattern.finds(name) || pattern.finds(field.name));
}

function toPanelValue(
  candidate: Candidate,
  asked: ValuesAsked,
  among: { readonly spread: ValueRange | undefined; readonly seriesColour: string | undefined },
): PanelValue {
  const { key, name, cell, field, times, settings, reducer } = candidate;
  const number = typeof cell === 'number' ? cell : Number.NaN;
  const own = keepsUnit(reducer) ? settings : { ...settings, unit: 'none' };
  const shown = showValue(
    valueStyle(own, cell, {
      zone: asked.zone,
      nowMs: Date.now(),
      isDark: asked.isDark,
      range: among.spread,
      seriesColour: among.seriesColour,
      seriesName: name,
    }),
  );
  const { colour, fraction } = shown;
  const range = settingsRange(settings, among.spread);
  const spoken = { name, cell, text: shown.whole, field, timeMs: times?.at(-1) };
  const links = listLinks(settings, spoken, asked.interpolate);
  return { key, name, number, shown, colour, range, fraction, field, times, settings, links };
}

const TEXT_CHARACTERS_MAX = 2000;

/** A dash where there is no value and nothing to say so; what is longer than anyone reads is cut. */
export function showValue(style: ValueStyle): ValueStyle {
  if (style.whole === '' && !style.hasValue) return { ...style, text: '–', whole: '–' };
  if (style.whole.length <= TEXT_CHARACTERS_MAX) return style;
  const whole = `${style.whole.slice(0, TEXT_CHARACTERS_MAX)}…`;
  return { ...style, prefix: '', text: whole, suffix: '', whole };
}

export interface SpokenValue {
  readonly name: string;
  readonly cell: Cell;
  readonly text: string;
  readonly field: Field;
  readonly timeMs: number | undefined;
}

/** The field's links with what they say of this value; those that lead nowhere safe are left out. */
export function listLinks(
  settings: Pick<FieldSettings, 'links'>,
  { name, cell, text, field, timeMs }: SpokenValue,
  interpolate: Interpolate,
): ValueLink[] {
  if (settings.links.length === 0) return [];
  const number = typeof cell === 'number' ? cell : Number.NaN;
  const data = {
    field: { name: field.name, displayName: name, labels: field.labels },
    seriesName: name,
    value: {
      name,
      raw: cellText(cell),
      text,
      numeric: number,
      timeMs,
    },
  };
  return settings.links.slice(0, LINKS_MAX).flatMap((link) => {
    const href = safeUrl(interpolate(link.url, 'percentencode', data), pathPrefix);
    if (href === undefined) return [];
    const title = interpolate(link.title, 'text', data) || href;
    return [{ title, href, opensNewTab: link.opensNewTab }];
  });
}

const LINKS_MAX = 20;

/** For those who do not see the drawing. */
export function describeValues(values: readonly PanelValue[], leftOut: number): string {
  if (values.length === 0) return 'No values';
  const said = values.slice(0, DESCRIBED_MAX).map(({ name, shown }) => `${name}: ${shown.whole}`);
  const rest = values.length - said.length + leftOut;
  return said.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

const DESCRIBED_MAX = 30;

/** A bound, in the field's unit. */
export function boundText(bound: number, { unit, decimals }: FieldSettings): string {
  return formatText(bound, unit, decimals);
}
