import type { DashboardData } from '#contract';
import { type EditSteps, isSameJson, type JsonObject, startEdit } from '#dashboards';

/** What is edited of one dashboard, on top of the version that was edited. */
export interface Draft {
  readonly base: DashboardData;
  readonly steps: EditSteps;
  readonly isDirty: boolean;
}

/** Dashboards with unsaved changes at a time; beyond it those without any are let go, never another. */
const DRAFTS_KEPT = 20;

/**
 * Drafts of this browser tab, by uid ('' for a new dashboard). They outlive the page of the dashboard: who goes to
 * the query page and comes back finds them.
 */
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

export function draftOf(uid: string): Draft | undefined {
  return drafts.get(uid);
}

export function subscribeToDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Starts a draft on `base` where there is none. */
export function changeDraft(
  uid: string,
  base: DashboardData,
  change: (steps: EditSteps) => EditSteps,
): void {
  const draft = drafts.get(uid);
  const isOfOld = draft?.isDirty === false && draft.base.entry.version !== base.entry.version;
  const before = draft === undefined || isOfOld ? newDraft(base) : draft;
  const steps = change(before.steps);
  if (steps === before.steps) return;
  const isDirty = !isSameJson(steps.json, jsonOf(before.base));
  drafts.delete(uid);
  drafts.set(uid, { ...before, steps, isDirty });
  letGo();
  publish();
}

/** What was edited was saved as `base`: it can still be taken back. */
export function rebaseDraft(uid: string, base: DashboardData): void {
  const draft = drafts.get(uid);
  if (draft === undefined) return;
  const isDirty = !isSameJson(draft.steps.json, jsonOf(base));
  drafts.set(uid, { base, steps: draft.steps, isDirty });
  publish();
}

export function dropDraft(uid: string): void {
  if (drafts.delete(uid)) publish();
}

/** What JSON.parse gave is JSON. */
export function jsonOf(data: DashboardData): JsonObject {
  return data.dashboard as JsonObject;
}

function newDraft(base: DashboardData): Draft {
  return { base, steps: startEdit(jsonOf(base)), isDirty: false };
}

function letGo(): void {
  for (const [uid, { isDirty }] of drafts) {
    if (drafts.size <= DRAFTS_KEPT) return;
    if (!isDirty) drafts.delete(uid);
  }
}

let uidsOfDirty: readonly string[] = [];

/** The same list as long as it is equal. */
export function dirtyUids(): readonly string[] {
  return uidsOfDirty;
}

function publish(): void {
  const uids = [...drafts].flatMap(([uid, { isDirty }]) => (isDirty ? [uid] : [])).toSorted();
  if (uids.join('\n') !== uidsOfDirty.join('\n')) uidsOfDirty = uids;
  window.removeEventListener('beforeunload', warn);
  if (uids.length > 0) window.addEventListener('beforeunload', warn);
  for (const listener of listeners) listener();
}

/** The browser asks whether to leave: what is not saved would be lost. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
