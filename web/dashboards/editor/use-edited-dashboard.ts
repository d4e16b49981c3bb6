import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react';
import type { DashboardData, DashboardEntry } from '#contract';
import { type JsonObject, makeEdit, redoEdit, undoEdit } from '#dashboards';
import { changeDraft, draftOf, dropDraft, jsonOf, subscribeToDrafts } from './edit-drafts.ts';
import type { ChangeJson } from './editor-props.ts';

/** An open dashboard's file as it is edited. Nothing is saved by it. */
export interface EditedDashboard {
  /** Of the version that was edited. */
  readonly entry: DashboardEntry;
  readonly saved: JsonObject;
  /** As edited so far; the very object `saved` while nothing was changed. */
  readonly json: JsonObject;
  readonly isDirty: boolean;
  /** The server has a newer version than the one that was edited. */
  readonly isBehind: boolean;
  readonly change: ChangeJson;
  readonly undo: () => void;
  readonly redo: () => void;
  /** What undo would take back, in words; undefined where there is nothing. */
  readonly undoes: string | undefined;
  readonly redoes: string | undefined;
  /** Back to the newest saved version. What was done cannot be brought back. */
  readonly discard: () => void;
}

/** Of the newest version, and what was changed of the one that was opened. */
export function useEditedDashboard(data: DashboardData | undefined): EditedDashboard | undefined {
  const uid = data?.entry.uid ?? '';
  const draft = useSyncExternalStore(subscribeToDrafts, () => draftOf(uid));
  const change = useCallback<ChangeJson>(
    (next, what) => {
      if (data === undefined) return;
      changeDraft(uid, data, (steps) => makeEdit(steps, next, { what, nowMs: Date.now() }));
    },
    [data, uid],
  );
  const undo = useCallback(() => data && changeDraft(uid, data, undoEdit), [data, uid]);
  const redo = useCallback(() => data && changeDraft(uid, data, redoEdit), [data, uid]);
  const discard = useCallback(() => dropDraft(uid), [uid]);
  return useMemo(() => {
    if (data === undefined) return undefined;
    const isBehind = draft !== undefined && draft.base.entry.version !== data.entry.version;
    // What was all taken back makes room for the newer version.
    const used = isBehind && !draft.isDirty ? undefined : draft;
    return {
      entry: used?.base.entry ?? data.entry,
      saved: jsonOf(used?.base ?? data),
      json: used?.steps.json ?? jsonOf(data),
      isDirty: used?.isDirty ?? false,
      isBehind: used !== undefined && isBehind,
      change,
      undo,
      redo,
      undoes: used?.steps.past.at(-1)?.what,
      redoes: used?.steps.future[0]?.what,
      discard,
    };
  }, [data, draft, change, undo, redo, discard]);
}

export const EditContext = createContext<EditedDashboard | undefined>(undefined);

/** Throws outside of an open dashboard. */
export function useEdited(): EditedDashboard {
  const edited = useContext(EditContext);
  if (edited === undefined) throw new Error('cannot edit outside of a dashboard');
  return edited;
}
