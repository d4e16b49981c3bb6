import { type Field, type FieldSettings, type Frame, cellStyle, seriesColours } from '#dashboards';
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
  /** Each text with its colour, for the legend, in the order they occur. */
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
      for (const cell of cells) {
        if (states.size < STATES_MAX && !states.has(cell.text)) states.set(cell.text, cell);
      }
      rows.push({ name: source.names[i]?.[j] ?? field.name, cells });
    }
  }
  return { rows, times: Float64Array.from(allTimes).toSorted(), states: [...states.values()] };
}

function shownStates(
  field: Exclude<Field, { readonly type: 'time' }>,
  settings: FieldSettings,
  { isDark, zone }: StateSource,
): (ShownState | undefined)[] {
  // Where neither mapping nor threshold gives a colour, equal texts have equal ones.
  const known = new Map<string, string>();
  const context = { zone, nowMs: 0, isDark };
  return Array.from(field.values, (_, row): ShownState | undefined => {
    const style = cellStyle(field, row, settings, context);
    const isNothing = !style.hasValue || (style.whole === '' && !style.isColourOfValue);
    if (isNothing) return undefined;
    if (style.isColourOfValue) return { text: style.whole, colour: style.colour };
    const colour = known.get(style.whole) ?? seriesColours([style.whole], isDark)[0] ?? '';
    known.set(style.whole, colour);
    return { text: style.whole, colour };
  });
}
