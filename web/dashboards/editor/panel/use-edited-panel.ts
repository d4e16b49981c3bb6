import { useMemo, useRef } from 'react';
import {
  type ExpandedPanel,
  expandRepeats,
  fieldNames,
  findPanel,
  type Frame,
  framesOfAnswers,
  type JsonObject,
  panelName,
  replacePanel,
} from '#dashboards';
import { type DashboardScope, useScope } from '../../dashboard-scope.ts';
import { type PanelInUse, usePanel } from '../../PanelCard.tsx';
import type { PanelEditorProps } from '../editor-props.ts';
import type { PanelEdit } from './panel-edit.ts';

export interface EditedPanel {
  readonly expanded: ExpandedPanel;
  readonly inUse: PanelInUse;
  readonly edit: PanelEdit;
  /** As it was when the editor was opened. */
  readonly opened: JsonObject;
}

export interface FoundPanel {
  readonly json: JsonObject;
  readonly expanded: ExpandedPanel;
}

/** The panel in the file, and as the page draws it; undefined where there is none. */
export function useFoundPanel(json: JsonObject, panelId: number): FoundPanel | undefined {
  const scope = useScope();
  return useMemo(() => {
    const found = findPanel(json, panelId);
    const expanded = expandedPanel(scope, panelId);
    if (found === undefined || expanded === undefined) return undefined;
    return { json: found.json, expanded };
  }, [json, panelId, scope]);
}

/** The first of the panel's copies where it is repeated: with one value, as it will stand. */
function expandedPanel(
  { dashboard, values }: DashboardScope,
  panelId: number,
): ExpandedPanel | undefined {
  const row = dashboard.rows.find(({ panels }) => panels.some(({ id }) => id === panelId));
  const panel = row?.panels.find(({ id }) => id === panelId);
  if (row === undefined || panel === undefined) return undefined;
  if (panel.repeat !== undefined || row.repeat !== '') {
    const { rows } = expandRepeats(dashboard, { values, options: {} });
    const copy = rows.flatMap(({ panels }) => panels).find(({ sourceId }) => sourceId === panelId);
    if (copy !== undefined) return copy;
  }
  return { key: String(panelId), panel, scoped: {}, sourceId: panelId };
}

/** With its data, for the preview and for what the editor suggests. */
export function useEditedPanel(
  found: FoundPanel,
  { json, panelId, onChange }: PanelEditorProps,
  width: number,
): EditedPanel {
  const { expanded } = found;
  const scope = useScope();
  const inUse = usePanel(expanded, width, true);
  const opened = useRef(found.json);
  const { asked, data, props } = inUse;
  const answers = asked.answers ?? none;
  const answered = useMemo(() => answeredFrames(answers), [answers]);
  const names = useMemo(() => namesOf(data.frames), [data.frames]);
  const edit: PanelEdit = {
    panel: found.json,
    view: expanded.panel,
    kind: props.options.kind,
    name: panelName(json, panelId),
    change: (next, what) => onChange(replacePanel(json, panelId, next), what),
    answers,
    answered,
    frames: data.frames,
    fieldNames: names,
    isDark: scope.isDark,
    variables: scope.dashboard.variables.map(({ name }) => name),
  };
  return { expanded, inUse, edit, opened: opened.current };
}

const none: PanelEdit['answers'] = [];

function answeredFrames(answers: PanelEdit['answers']): readonly Frame[] {
  const parts = answers.flatMap(({ request, answer }) => {
    if (answer === undefined) return [];
    const { query, kind, startMs, endMs, stepMs } = request;
    const range = kind === 'range' ? { fromMs: startMs, toMs: endMs, stepMs } : undefined;
    return [{ query, data: answer.data, range }];
  });
  return framesOfAnswers(parts).frames;
}

/** More are no help to who chooses one. */
const NAMES_MAX = 500;

/** Each once, in order of appearance. */
export function namesOf(frames: readonly Frame[]): readonly string[] {
  return [...new Set(fieldNames(frames.slice(0, NAMES_MAX)).flat())].slice(0, NAMES_MAX);
}
