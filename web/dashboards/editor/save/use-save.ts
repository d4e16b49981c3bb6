import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DashboardData, DashboardEntry, SaveDashboard } from '#contract';
import type { JsonObject } from '#dashboards';
import { ApiError, fetchApi, postJson } from '../../../api/client.ts';
import { navigate } from '../../../location/location.ts';
import { itemOf } from '../../dashboard-list.ts';
import { dropDraft, rebaseDraft } from '../edit-drafts.ts';
import { type EditedDashboard, useEdited } from '../use-edited-dashboard.ts';

/** What was saved by somebody else while this was edited. */
export interface Conflict {
  readonly theirs: DashboardData;
}

export interface CopyWish {
  readonly title: string;
  /** '' for none. */
  readonly folder: string;
  readonly message: string;
}

export interface Saving {
  readonly isSaving: boolean;
  readonly error: Error | undefined;
  readonly conflict: Conflict | undefined;
  /** `version`: of what it replaces. */
  readonly save: (wish: Omit<CopyWish, 'title'>, version?: number) => void;
  /** A dashboard of its own; the edited one stays as it was. */
  readonly saveCopy: (wish: CopyWish) => void;
  /** Theirs stays, mine goes. */
  readonly takeTheirs: () => void;
}

export function useSave(onDone: () => void): Saving {
  const client = useQueryClient();
  const edited = useEdited();
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<Error | undefined>(undefined);
  const [conflict, setConflict] = useState<Conflict | undefined>(undefined);
  const { uid } = edited.entry;
  const put = (data: DashboardData): void => {
    client.setQueryData(['dashboard', uid], data);
    void client.invalidateQueries({ queryKey: ['dashboards'] });
    void client.invalidateQueries({ queryKey: ['dashboard-versions', uid] });
  };
  const run = (act: () => Promise<void>): void => {
    setSaving(true);
    setError(undefined);
    void act()
      .catch((caught: unknown) =>
        setError(caught instanceof Error ? caught : new Error(String(caught))),
      )
      .finally(() => setSaving(false));
  };
  const save: Saving['save'] = (wish, version = edited.entry.version) =>
    run(async () => {
      try {
        const entry = await send({ dashboard: edited.json, uid, version, ...wish });
        const data = { entry, dashboard: edited.json };
        put(data);
        rebaseDraft(uid, data);
        onDone();
      } catch (caught) {
        const theirs = await newerVersion(caught, edited);
        if (theirs === undefined) throw caught;
        setConflict({ theirs });
      }
    });
  const saveCopy: Saving['saveCopy'] = ({ title, folder, message }) =>
    run(async () => {
      const entry = await send({ dashboard: copyOf(edited.json, title), folder, message });
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      dropDraft(uid);
      onDone();
      navigate({ page: 'd', item: itemOf(entry), search: window.location.search, replace: true });
    });
  const takeTheirs = (): void => {
    if (conflict === undefined) return;
    put(conflict.theirs);
    dropDraft(uid);
    onDone();
  };
  return { isSaving, error, conflict, save, saveCopy, takeTheirs };
}

async function send(order: SaveDashboard): Promise<DashboardEntry> {
  return (await postJson<DashboardEntry>('/dashboards', JSON.stringify(order))).data;
}

/** Undefined where it was refused for another reason. */
async function newerVersion(
  error: unknown,
  { entry }: EditedDashboard,
): Promise<DashboardData | undefined> {
  if (!(error instanceof ApiError) || error.httpStatus !== 409) return undefined;
  const path = `/dashboards/uid/${encodeURIComponent(entry.uid)}`;
  const { data } = await fetchApi<DashboardData>(path, {});
  return data.entry.version === entry.version ? undefined : data;
}

/** What makes a file that very dashboard stays with it. */
export function copyOf(json: JsonObject, title: string): JsonObject {
  const { uid: _uid, version: _version, ...rest } = json;
  return { ...rest, ...(Object.hasOwn(json, 'id') && { id: null }), title };
}
