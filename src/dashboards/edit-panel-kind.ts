import type { Json, JsonObject, PanelKind } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { fieldOptions } from './edit-panel-field-options.ts';
import { kindOptions } from './edit-panel-kind-options.ts';
import { isFieldOption, optionPath, type PanelOption, propertyOf } from './edit-panel-option.ts';

const all: readonly PanelOption[] = [...kindOptions, ...fieldOptions];

/** Options that count for a kind of panel, in the order in which they are shown. */
export function optionsOfKind(kind: PanelKind): readonly PanelOption[] {
  return all.filter(({ kinds }) => kinds.includes(kind));
}

/** What an override can say of fields of such a panel, one for each property and part of it. */
export function overrideOptions(kind: PanelKind): readonly PanelOption[] {
  return fieldOptions.filter(({ kinds }) => kinds.includes(kind));
}

/** What was taken from a panel when its kind changed, by where it stood. */
export type OptionsLaidAside = ReadonlyMap<string, LaidAside>;

interface LaidAside {
  readonly path: JsonPath;
  readonly value: Json;
}

/**
 * The panel as another kind: what both kinds have stays, what the new one does not have is laid aside, and what was
 * laid aside before and the new one has comes back. What the table of options does not know stays as it is.
 */
export function changeKind(
  panel: JsonObject,
  to: PanelKind,
  aside: OptionsLaidAside,
): { readonly panel: JsonObject; readonly aside: OptionsLaidAside } {
  const from = panel['type'];
  if (from === to) return { panel, aside };
  const kept = new Set(optionsOfKind(to).map(rootOf));
  const left = new Map(aside);
  let next: JsonObject = { ...panel, type: to };
  for (const option of all) {
    const root = rootOf(option);
    if (kept.has(root) || !option.kinds.some((kind) => kind === from)) continue;
    const path = rootPath(option);
    const value = jsonAt(next, path);
    if (value === undefined || value === null) continue;
    left.set(root, { path, value });
    next = withJsonAt(next, path, undefined);
  }
  for (const [root, { path, value }] of left) {
    if (!kept.has(root)) continue;
    left.delete(root);
    if (jsonAt(next, path) === undefined) next = withJsonAt(next, path, value);
  }
  return { panel: next, aside: left };
}

/** Parts of one property stay and go together. */
function rootOf(option: PanelOption): string {
  return rootPath(option).join('.');
}

function rootPath(option: PanelOption): JsonPath {
  const path = optionPath(option);
  return isFieldOption(option) ? path.slice(0, 2 + propertyOf(option).split('.').length) : path;
}
