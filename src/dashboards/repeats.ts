import type { Dashboard, DashboardProblem, GridPlace, Panel, Row } from './dashboard.ts';
import type { VariableOption, VariableValue, VariableValues } from './variable.ts';

/** Copies that one repeat makes at most. */
export const REPEAT_COPIES_MAX = 100;

/** Panels that all repeats of a dashboard make at most. */
export const REPEATED_PANELS_MAX = 2000;

const GRID_COLUMNS = 24;
const MAX_PER_ROW_DEFAULT = 4;

export interface ExpandedDashboard {
  readonly rows: readonly ExpandedRow[];
  readonly problems: readonly DashboardProblem[];
}

export interface ExpandedRow {
  /** The same for the same row and value, whatever else is chosen. */
  readonly key: string;
  /** With an id of its own; its panels are those of the file. */
  readonly row: Row;
  /** What stands in place of what is chosen, for its title and its panels. */
  readonly scoped: VariableValues;
  readonly panels: readonly ExpandedPanel[];
}

export interface ExpandedPanel {
  readonly key: string;
  /** With an id of its own, at its place. */
  readonly panel: Panel;
  readonly scoped: VariableValues;
  /** The id of the panel in the file. */
  readonly sourceId: number;
}

export interface RepeatInput {
  readonly values: VariableValues;
  /** By name, without All: what All stands for where the file gives it a pattern. */
  readonly options: Readonly<Record<string, readonly VariableOption[]>>;
}

interface Work extends RepeatInput {
  nextId: number;
  panelCount: number;
  /** By path and message, so that copies do not say again what the first said. */
  readonly problems: Map<string, DashboardProblem>;
  readonly choices: Map<VariableValue, readonly VariableOption[]>;
}

/**
 * Rows and panels once for each value of the variable they repeat by; what stands below moves down. The first copy
 * keeps the id, further ones get ids above all of the file. One without a value to repeat by stands once.
 */
export function expandRepeats(dashboard: Dashboard, input: RepeatInput): ExpandedDashboard {
  const work: Work = {
    ...input,
    nextId: highestId(dashboard) + 1,
    panelCount: 0,
    problems: new Map(),
    choices: new Map(),
  };
  const rows: ExpandedRow[] = [];
  let shift = 0;
  for (const [i, row] of dashboard.rows.entries()) {
    const panels = row.panels.filter((panel) => !isSavedCopy(panel));
    const heightBefore = bottomOf(row.panels.map(({ grid }) => grid)) - topOf(row.panels);
    const scopes = scopesOf(row.repeat, {}, work, `rows[${i}]`);
    for (const [copy, scope] of scopes.entries()) {
      const id = copy === 0 ? row.id : work.nextId++;
      const expanded = expandPanels(panels, { scope, shift, isCopy: copy > 0 }, work);
      rows.push({
        key: `${row.id}${scope.key}`,
        row: { ...row, id, panels },
        scoped: scope.values,
        panels: expanded,
      });
      const height = heightOf(expanded);
      // A further row has a line for its title too.
      const added = copy === scopes.length - 1 ? height - heightBefore : height + 1;
      if (panels.length > 0 || copy > 0) shift += row.isCollapsed ? Number(copy > 0) : added;
    }
  }
  return { rows, problems: [...work.problems.values()] };
}

interface Scope {
  /** '' for what is not repeated. */
  readonly key: string;
  readonly values: VariableValues;
}

/** One for each value; a single one without values where there is nothing to repeat by. */
function scopesOf(variable: string, outer: VariableValues, work: Work, path: string): Scope[] {
  if (variable === '') return [{ key: '', values: outer }];
  const value = ownValue(outer, variable) ?? ownValue(work.values, variable);
  if (value === undefined) {
    tell(work, path, `cannot repeat by ${variable}: there is no such variable`);
    return [{ key: '', values: outer }];
  }
  const choices = choicesOf(variable, value, work);
  if (choices.length === 0) return [{ key: '', values: outer }];
  if (choices.length > REPEAT_COPIES_MAX) {
    const limit = `repeated for the first ${REPEAT_COPIES_MAX} only`;
    tell(work, path, `${choices.length} values of ${variable}: ${limit}`);
  }
  return choices.slice(0, REPEAT_COPIES_MAX).map((choice) => ({
    key: `:${variable}=${choice.value}`,
    values: { ...outer, [variable]: scopedValue(value, choice) },
  }));
}

function ownValue(values: VariableValues, name: string): VariableValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function tell(work: Work, path: string, message: string): void {
  work.problems.set(`${path} ${message}`, { path, message });
}

function choicesOf(
  variable: string,
  value: VariableValue,
  { choices, options }: Work,
): readonly VariableOption[] {
  const known = choices.get(value);
  if (known !== undefined) return known;
  const list = value.values.map((one, i) => ({ value: one, text: value.texts[i] ?? one }));
  const all = Object.hasOwn(options, variable) ? options[variable] : undefined;
  const made = value.isAll ? (all ?? []) : list;
  choices.set(value, made);
  return made;
}

function scopedValue(value: VariableValue, choice: VariableOption): VariableValue {
  return {
    isMulti: false,
    isAll: false,
    isPattern: false,
    isLiteral: value.isLiteral ?? value.isMulti,
    values: [choice.value],
    texts: [choice.text],
  };
}

interface Placing {
  readonly scope: Scope;
  readonly shift: number;
  /** Of a row that is a copy: all its panels need ids of their own. */
  readonly isCopy: boolean;
}

function expandPanels(panels: readonly Panel[], placing: Placing, work: Work): ExpandedPanel[] {
  const sorted = panels.toSorted((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x);
  const placed: ExpandedPanel[] = [];
  const moves: { readonly below: number; readonly by: number }[] = [];
  for (const panel of sorted) {
    const by = moves
      .filter(({ below }) => panel.grid.y >= below)
      .reduce((sum, move) => sum + move.by, placing.shift);
    const copies = expandPanel(panel, by, placing, work);
    placed.push(...copies);
    const bottom = panel.grid.y + panel.grid.h;
    const added = bottomOf(copies.map((copy) => copy.panel.grid)) - (bottom + by);
    if (added > 0) moves.push({ below: bottom, by: added });
  }
  return moves.length === 0 ? placed : withoutOverlaps(placed);
}

function expandPanel(panel: Panel, by: number, placing: Placing, work: Work): ExpandedPanel[] {
  const { scope, isCopy } = placing;
  const path = `panel ${panel.id}`;
  if (isCopy && isFull(work)) return [];
  const scopes = scopesOf(panel.repeat?.variable ?? '', scope.values, work, path);
  const copies: ExpandedPanel[] = [];
  for (const [i, { key, values }] of scopes.entries()) {
    if (i > 0 || isCopy) {
      if (isFull(work)) break;
      work.panelCount++;
    }
    const id = i === 0 && !isCopy ? panel.id : work.nextId++;
    const grid = placeOf(panel, i, key === '' ? 0 : scopes.length, by);
    copies.push({
      key: `${panel.id}${scope.key}${key}`,
      panel: { ...panel, id, grid },
      scoped: values,
      sourceId: panel.id,
    });
  }
  return copies;
}

function isFull(work: Work): boolean {
  if (work.panelCount < REPEATED_PANELS_MAX) return false;
  const limit = `more than ${REPEATED_PANELS_MAX} panels`;
  tell(work, '', `repeats would make ${limit}; the rest is left out`);
  return true;
}

/** Side by side over the whole width, one alone too, at most `maxPerRow` in a line; or below one another. */
function placeOf({ grid, repeat }: Panel, at: number, count: number, by: number): GridPlace {
  const { x, y, w, h } = grid;
  if (repeat === undefined || count === 0) return { x, y: y + by, w, h };
  if (repeat.direction === 'v') return { x, y: y + by + at * h, w, h };
  const most =
    repeat.maxPerRow > 0 ? Math.min(repeat.maxPerRow, GRID_COLUMNS) : MAX_PER_ROW_DEFAULT;
  const perLine = Math.min(count, Math.floor(most));
  const width = Math.max(1, Math.floor(GRID_COLUMNS / perLine));
  return { x: (at % perLine) * width, y: y + by + Math.floor(at / perLine) * h, w: width, h };
}

/** Copies may cover what stood beside the panel: in order from the top, each goes down until it is free. */
function withoutOverlaps(panels: readonly ExpandedPanel[]): ExpandedPanel[] {
  const bottoms = new Float64Array(GRID_COLUMNS);
  const sorted = panels.toSorted(
    (a, b) => a.panel.grid.y - b.panel.grid.y || a.panel.grid.x - b.panel.grid.x,
  );
  const free: ExpandedPanel[] = [];
  for (const expanded of sorted) {
    const { x, y, w, h } = expanded.panel.grid;
    const [start, end] = [
      Math.max(0, Math.min(x, GRID_COLUMNS - 1)),
      Math.min(x + w, GRID_COLUMNS),
    ];
    let top = y;
    for (let column = start; column < end; column++) top = Math.max(top, bottoms[column] ?? 0);
    bottoms.fill(top + h, start, Math.max(end, start + 1));
    free.push(
      top === y
        ? expanded
        : { ...expanded, panel: { ...expanded.panel, grid: { x, y: top, w, h } } },
    );
  }
  return free;
}

/** Old Grafana saved the copies with the dashboard, and makes them anew when it loads one. */
function isSavedCopy({ source }: Panel): boolean {
  const { repeatPanelId } = source;
  return typeof repeatPanelId === 'number' && typeof source['repeat'] !== 'string';
}

function heightOf(panels: readonly ExpandedPanel[]): number {
  const grids = panels.map(({ panel }) => panel.grid);
  return bottomOf(grids) - Math.min(...grids.map(({ y }) => y), bottomOf(grids));
}

function topOf(panels: readonly Panel[]): number {
  return panels.reduce(
    (top, { grid }) => Math.min(top, grid.y),
    bottomOf(panels.map((p) => p.grid)),
  );
}

function bottomOf(grids: readonly GridPlace[]): number {
  return grids.reduce((bottom, { y, h }) => Math.max(bottom, y + h), 0);
}

function highestId({ rows }: Dashboard): number {
  return rows
    .flatMap((row) => [row.id, ...row.panels.map(({ id }) => id)])
    .reduce((highest, id) => Math.max(highest, Number.isFinite(id) ? id : 0), 0);
}
