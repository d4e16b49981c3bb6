import {
  type Field,
  type FieldSettings,
  type Frame,
  cellStyle,
  cssColour,
  formatText,
  seriesColours,
  type ValueStyle,
} from '#dashboards';
import { type ShownState, stateCells } from './state-cells.ts';
import type { StateRow } from './state-plot.ts';

export interface StateSource {
  readonly frames: readonly Frame[];
  readonly settings: readonly (readonly FieldSettings[])[];
  readonly names: readonly (readonly string[])[];
  readonly isDark: boolean;
  readonly zone: string;
  /** Where the last state ends. */
  readonly endMs: number;
  readonly stepMs: number;
  readonly isMerged: boolean;
}

export interface StateRows {
  readonly rows: readonly StateRow[];
  readonly times: Float64Array;
  /** Each group with its colour, for the legend: thresholds ascending, others in the order they occur. */
  readonly states: readonly ShownState[];
}

/** Rows, and states of the legend: more is not looked at. */
const ROWS_MAX = 500;
const STATES_MAX = 200;

/** A row of states for each field over time. */
export function stateRows(source: StateSource): StateRows {
  const states = new Map<string, ShownState>();
  const rows: StateRow[] = [];
  const allTimes = new Set<number>();
  for (const [i, frame] of source.frames.entries()) {
    const times = frame.fields.find((field) => field.type === 'time')?.values;
    if (times === undefined) continue;
    for (const time of times) allTimes.add(time);
    for (const [j, field] of frame.fields.entries()) {
      const settings = source.settings[i]?.[j];
      if (field.type === 'time' || settings === undefined || rows.length >= ROWS_MAX) continue;
      const shown = shownStates(field, settings, source);
      const last = Math.min(source.endMs, (times.at(-1) ?? 0) + source.stepMs);
      const cells = stateCells(times, shown, { endMs: last, isMerged: source.isMerged });
      for (const state of [...bandsOf(settings, source.isDark), ...cells]) {
        const isNew = state.group !== '' && !states.has(state.group);
        if (isNew && states.size < STATES_MAX) states.set(state.group, state);
      }
      rows.push({ name: source.names[i]?.[j] ?? field.name, cells });
    }
  }
  return { rows, times: Float64Array.from(allTimes).toSorted(), states: [...states.values()] };
}

function shownStates(
  field: Exclude<Field, { readonly type: 'time' }>,
  settings: FieldSettings,
  { isDark, zone, isMerged }: StateSource,
): (ShownState | undefined)[] {
  // Where neither mapping nor threshold gives a colour, equal texts have equal ones.
  const known = new Map<string, string>();
  const context = { zone, nowMs: 0, isDark };
  const bands = bandsOf(settings, isDark);
  return Array.from(field.values, (_, row): ShownState | undefined => {
    const style = cellStyle(field, row, settings, context);
    const isNothing = !style.hasValue || (style.whole === '' && !style.isColourOfValue);
    if (isNothing) return undefined;
    if (style.isColourOfValue) return colouredState(style, { settings, bands, isMerged });
    const colour = known.get(style.whole) ?? seriesColours([style.whole], isDark)[0] ?? '';
    known.set(style.whole, colour);
    return { text: style.whole, colour, group: style.whole };
  });
}

/** Numbers between two thresholds are one state where neighbours are merged, and one group in the legend. */
function colouredState(
  { whole, colour }: ValueStyle,
  how: {
    readonly settings: FieldSettings;
    readonly bands: readonly ShownState[];
    readonly isMerged: boolean;
  },
): ShownState {
  const { settings, bands, isMerged } = how;
  const isScheme = settings.colour.mode.startsWith('continuous-') && settings.mappings.length === 0;
  if (isScheme) return { text: whole, colour, group: '' };
  const band = bands.find((one) => one.colour === colour);
  if (band === undefined) return { text: whole, colour, group: whole };
  return isMerged ? band : { text: whole, colour, group: band.group };
}

/** `< 80`, `80 – 90`, `≥ 90`: of thresholds that colour numbers which no mapping names. */
function bandsOf(settings: FieldSettings, isDark: boolean): readonly ShownState[] {
  const { colour, thresholds, mappings, unit, decimals } = settings;
  const { steps, mode } = thresholds;
  if (colour.mode !== 'thresholds' || mappings.length > 0 || steps.length < 2) return [];
  const bound = (value: number): string =>
    mode === 'percentage' ? `${value}%` : formatText(value, unit, decimals);
  return steps.map((step, i) => {
    const next = steps[i + 1];
    const text =
      i === 0
        ? `< ${bound(next?.value ?? 0)}`
        : next === undefined
          ? `≥ ${bound(step.value)}`
          : `${bound(step.value)} – ${bound(next.value)}`;
    return { text, colour: cssColour(step.colour, isDark), group: text };
  });
}
