/** A section as read: its YAML keys in the order of the schema, values with defaults filled in. */
export type Settings = Record<string, unknown>;

/** A section's or value's fault. `key` names the field to point at. */
export type Problem = string | { message: string; key?: string; remedy?: string };

/** One scalar of the file. */
export interface Scalar {
  readonly text: string;
  readonly tag: 'str' | 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'merge';
}

export type ScalarResult =
  | { readonly value: unknown }
  | { readonly problem: Problem }
  /** The kind of value is wrong: `cannot unmarshal !!str into int`. */
  | 'mismatch';

export interface ScalarType {
  readonly kind: 'scalar';
  /** Go's name of the type; part of messages. */
  readonly typeName: string;
  /** The value where the file leaves the field out or writes nothing; never printed where optional. */
  readonly zero: unknown;
  readonly read: (scalar: Scalar) => ScalarResult;
  readonly show: (value: unknown) => Shown;
  /** What counts as left out when printing, where that is not `zero`. */
  readonly isZero?: (value: unknown) => boolean;
  /** A path: relative ones count from the configuration file. */
  readonly isPath?: boolean;
}

export interface ListType {
  readonly kind: 'list';
  readonly typeName: string;
  readonly item: Type;
  /** Printed on one line: `[a, b]`. */
  readonly isFlow?: boolean;
}

export interface MapType {
  readonly kind: 'map';
  readonly typeName: string;
  readonly item: Type;
  readonly checkEntry?: (key: string, value: unknown) => Problem | undefined;
}

export interface StructType {
  readonly kind: 'struct';
  readonly typeName: string;
  readonly fields: readonly Field[];
  /** Completes and checks one section; undefined where all is well. */
  readonly check?: (settings: Settings) => Problem | undefined;
}

export type Type = ScalarType | ListType | MapType | StructType;

export interface Field {
  readonly key: string;
  readonly type: Type;
  /** Where the file leaves the field out; never modified. Without it: the zero of a scalar, else undefined. */
  readonly defaultValue?: unknown;
  /** A section that counts, with its defaults, even where the file leaves it out. */
  readonly isAlways?: boolean;
  /** Printed even at its zero value. */
  readonly isPrinted?: boolean;
}

/** What is to be printed as YAML. */
export type Shown =
  | string
  | number
  | boolean
  | null
  | readonly Shown[]
  | { readonly flow: readonly Shown[] }
  | ReadonlyMap<string, Shown>;

export function struct(
  typeName: string,
  fields: readonly Field[],
  check?: StructType['check'],
): StructType {
  return { kind: 'struct', typeName, fields, ...(check === undefined ? {} : { check }) };
}

export function listOf(item: Type, isFlow = false): ListType {
  return { kind: 'list', typeName: `[]${item.typeName}`, item, isFlow };
}

export function mapOf(item: Type, checkEntry?: MapType['checkEntry']): MapType {
  const typeName = `map[string]${item.typeName}`;
  return { kind: 'map', typeName, item, ...(checkEntry === undefined ? {} : { checkEntry }) };
}

/** A field that is left out of the printed file at its zero value (Go: omitempty). */
export function optional(key: string, type: Type, defaultValue?: unknown): Field {
  return defaultValue === undefined ? { key, type } : { key, type, defaultValue };
}

/** A field that is always printed. */
export function printed(key: string, type: Type, defaultValue?: unknown): Field {
  return { ...optional(key, type, defaultValue), isPrinted: true };
}

/** A section that is there with its defaults even where the file has none. */
export function always(key: string, type: StructType): Field {
  return { key, type, isAlways: true };
}

/** A section with every field at its default, as if it stood empty in the file. */
export function defaultSettings(type: StructType): Settings {
  const settings: Settings = {};
  for (const field of type.fields) settings[field.key] = defaultOf(field);
  return settings;
}

export function defaultOf(field: Field): unknown {
  if (field.isAlways === true && field.type.kind === 'struct') return defaultSettings(field.type);
  if (field.defaultValue !== undefined) return field.defaultValue;
  return field.type.kind === 'scalar' ? field.type.zero : undefined;
}

export function stringAt(settings: Settings, key: string): string {
  const value = settings[key];
  return typeof value === 'string' ? value : '';
}

export function numberAt(settings: Settings, key: string): number {
  const value = settings[key];
  return typeof value === 'number' ? value : 0;
}

export function booleanAt(settings: Settings, key: string): boolean {
  return settings[key] === true;
}

export function listAt(settings: Settings, key: string): readonly unknown[] {
  const value = settings[key];
  return Array.isArray(value) ? value : [];
}

export function stringsAt(settings: Settings, key: string): readonly string[] {
  return listAt(settings, key).map((item) => (typeof item === 'string' ? item : ''));
}

/** The sections of a list; an empty entry is null. */
export function sectionsAt(settings: Settings, key: string): readonly (Settings | null)[] {
  return listAt(settings, key) as readonly (Settings | null)[];
}

export function sectionAt(settings: Settings, key: string): Settings | undefined {
  const value = settings[key];
  return typeof value === 'object' && value !== null ? (value as Settings) : undefined;
}
