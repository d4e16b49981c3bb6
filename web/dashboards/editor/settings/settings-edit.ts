import { createContext, useContext } from 'react';
import { type Dashboard, type Json, type JsonObject, type JsonPath, withJsonAt } from '#dashboards';
import type { Variables } from '../../use-variables.ts';
import type { ChangeJson } from '../editor-props.ts';

/** What every part of the settings goes by. */
export interface SettingsEdit {
  readonly json: JsonObject;
  /** The same file as it is read. */
  readonly dashboard: Dashboard;
  readonly change: ChangeJson;
  /** What is chosen now, and what there is to choose. */
  readonly variables: Variables;
}

export const SettingsContext = createContext<SettingsEdit | undefined>(undefined);

/** Throws outside of the settings. */
export function useSettingsEdit(): SettingsEdit {
  const edit = useContext(SettingsContext);
  if (edit === undefined) throw new Error('cannot edit settings outside of them');
  return edit;
}

/** An item of a list of the file, and how parts of it are changed. */
export interface ItemEdit {
  readonly item: JsonObject;
  /** undefined takes the key out of the file. */
  readonly set: (key: string, value: Json | undefined, what: string) => void;
  readonly replace: (next: JsonObject, what: string) => void;
}

/** `name` is what people know the item by: `Label of variable job`. */
export function itemEdit(
  { json, change }: SettingsEdit,
  path: JsonPath,
  { item, name }: { readonly item: JsonObject; readonly name: string },
): ItemEdit {
  const replace = (next: JsonObject, what: string): void =>
    change(withJsonAt(json, path, next), `${what} of ${name}`);
  return {
    item,
    replace,
    set: (key, value, what) => replace(withJsonAt(item, [key], value), what),
  };
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
