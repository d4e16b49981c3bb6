import type { Json, JsonObject } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { innerPathOf, type PanelOption, propertyOf } from './edit-panel-option.ts';
import { textOf } from './field-matchers.ts';
import { isList, isObject } from './read-cursor.ts';

export const overridesPath: JsonPath = ['fieldConfig', 'overrides'];

/** An override as the file has it. */
export interface OverrideInFile {
  readonly matcherId: string;
  readonly matcherOptions: Json;
  readonly properties: readonly { readonly id: string; readonly value: Json }[];
}

/** All of a panel; what is none is an empty one at its place. */
export function overridesOf(panel: JsonObject): OverrideInFile[] {
  const list = jsonAt(panel, overridesPath);
  return (isList(list) ? list : []).map((item) => {
    const id = jsonAt(item, ['matcher', 'id']);
    return {
      matcherId: typeof id === 'string' ? id : '',
      matcherOptions: jsonAt(item, ['matcher', 'options']) ?? null,
      properties: propertiesOf(item).map((property) => ({
        id: textOf(jsonAt(property, ['id'])),
        value: jsonAt(property, ['value']) ?? null,
      })),
    };
  });
}

function propertiesOf(override: Json | undefined): readonly Json[] {
  const list = jsonAt(override, ['properties']);
  return isList(list) ? list : [];
}

/** A new one at the end. */
export function addOverride(panel: JsonObject, id: string, options: Json): JsonObject {
  const list = jsonAt(panel, overridesPath);
  const override = { matcher: { id, options }, properties: [] };
  return withJsonAt(panel, overridesPath, [...(isList(list) ? list : []), override]);
}

export function withMatcherOptions(panel: JsonObject, index: number, options: Json): JsonObject {
  return withJsonAt(panel, [...overridesPath, index, 'matcher', 'options'], options);
}

export function removeOverride(panel: JsonObject, index: number): JsonObject {
  return withJsonAt(panel, [...overridesPath, index], undefined);
}

/** What an override says of an option; undefined where it says nothing. */
export function overrideValue(
  { properties }: OverrideInFile,
  option: PanelOption,
): Json | undefined {
  const property = properties.findLast(({ id }) => id === propertyOf(option));
  if (property === undefined) return undefined;
  return jsonAt(property.value, innerPathOf(option)) ?? undefined;
}

/** An override with another value of an option, whose property is added where it is not there. */
export function withOverrideValue(
  panel: JsonObject,
  index: number,
  { option, value }: { readonly option: PanelOption; readonly value: Json },
): JsonObject {
  const path = [...overridesPath, index, 'properties'];
  const list = jsonAt(panel, path);
  const properties = isList(list) ? list : [];
  const id = propertyOf(option);
  const at = properties.findLastIndex((property) => jsonAt(property, ['id']) === id);
  const inner = innerPathOf(option);
  const before = at < 0 ? undefined : jsonAt(properties[at], ['value']);
  const whole = inner.length === 0 ? value : withJsonAt(asObject(before), inner, value);
  if (at < 0) return withJsonAt(panel, path, [...properties, { id, value: whole }]);
  return withJsonAt(panel, [...path, at, 'value'], whole);
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** Without a property, and with all of its parts. */
export function removeProperty(panel: JsonObject, index: number, id: string): JsonObject {
  const path = [...overridesPath, index, 'properties'];
  const kept = propertiesOf(jsonAt(panel, [...overridesPath, index])).filter(
    (property) => jsonAt(property, ['id']) !== id,
  );
  return withJsonAt(panel, path, kept);
}
