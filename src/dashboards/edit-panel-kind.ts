import type { JsonObject, PanelKind } from './dashboard.ts';
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

/** What is taken from a panel when its kind changes, by the kind that it belongs to. */
export type OptionsLaidAside = ReadonlyMap<string, readonly [JsonPath, NonNullable<JsonPart>][]>;
type JsonPart = JsonObject[string];

/**
 * The panel as another kind: what both kinds have stays, what only the old one has is laid aside, and what was laid
 * aside of the new one comes back. What the table of options does not know stays as it is.
 */
export function changeKind(
  panel: JsonObject,
  to: PanelKind,
  aside: OptionsLaidAside,
): { readonly panel: JsonObject; readonly aside: OptionsLaidAside } {
  const from = typeof panel['type'] === 'string' ? panel['type'] : '';
  if (from === to) return { panel, aside };
  const kept = new Set(optionsOfKind(to).map(rootOf));
  const own = new Map<string, PanelOption>(
    all
      .filter((option) => option.kinds.includes(from as PanelKind) && !kept.has(rootOf(option)))
      .map((option) => [rootOf(option), option]),
  );
  let next: JsonObject = { ...panel, type: to };
  const laid: [JsonPath, NonNullable<JsonPart>][] = [];
  for (const option of own.values()) {
    const path = rootPath(option);
    const value = jsonAt(panel, path);
    if (value === undefined || value === null) continue;
    laid.push([path, value]);
    next = withJsonAt(next, path, undefined);
  }
  for (const [path, value] of aside.get(to) ?? []) {
    if (jsonAt(next, path) === undefined) next = withJsonAt(next, path, value);
  }
  return { panel: next, aside: new Map(aside).set(from, laid) };
}

/** Parts of one property stay and go together. */
function rootOf(option: PanelOption): string {
  return rootPath(option).join('.');
}

function rootPath(option: PanelOption): JsonPath {
  const path = optionPath(option);
  return isFieldOption(option) ? path.slice(0, 2 + propertyOf(option).split('.').length) : path;
}
