import type { DashboardProblem, Json, JsonObject } from './dashboard.ts';

/** Problems told of one file; further ones are only counted. A person reads a dozen at most. */
const problemsMax = 500;

/** What is wrong in one file, in the order of reading. */
export class ProblemList {
  readonly #problems: DashboardProblem[] = [];
  /** What is read in two places is told once. */
  readonly #told = new Set<string>();
  #untold = 0;

  tell(path: string, message: string): void {
    const key = `${path}\n${message}`;
    if (this.#told.has(key)) return;
    if (this.#problems.length < problemsMax) this.#told.add(key);
    if (this.#problems.length < problemsMax) this.#problems.push({ path, message });
    else this.#untold++;
  }

  toArray(): readonly DashboardProblem[] {
    if (this.#untold === 0) return this.#problems;
    return [...this.#problems, { path: '', message: `${this.#untold} further problems` }];
  }
}

const nothing: JsonObject = Object.freeze({});

/**
 * An object of a file with the path to it. What is asked of it has a type: null counts as absent, and a value of another
 * type is told as a problem and counts as absent too. It never throws.
 */
export class Cursor {
  readonly value: JsonObject;
  readonly path: string;
  readonly problems: ProblemList;

  constructor(value: JsonObject, path: string, problems: ProblemList) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  /** The value as it stands; undefined where it is absent, null, or inherited. */
  raw(key: string): Json | undefined {
    return Object.hasOwn(this.value, key) ? (this.value[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  tell(key: string, message: string): void {
    this.problems.tell(this.pathOf(key), message);
  }

  pathOf(key: string): string {
    if (key === '') return this.path;
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  /** Numbers and booleans are taken as they are written. */
  text(key: string, fallback = ''): string {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    if (typeof value === 'string') return value;
    if (typeof value !== 'object') return String(value);
    this.tell(key, `cannot read a text from ${nameOf(value)}`);
    return fallback;
  }

  /** Also from a text, as old forms saved it; '' and `auto` are none. */
  number(key: string): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const number = numberOf(value);
    if (number !== undefined) return number;
    if (value !== '' && value !== 'auto') {
      this.tell(key, `cannot read a number from ${nameOf(value)}`);
    }
    return undefined;
  }

  numberOr(key: string, fallback: number): number {
    return this.number(key) ?? fallback;
  }

  flag(key: string, fallback = false): boolean {
    const value = this.raw(key);
    if (value === undefined || value === '') return fallback;
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 1) return true;
    if (value === 'false' || value === 0) return false;
    this.tell(key, `cannot read yes or no from ${nameOf(value)}`);
    return fallback;
  }

  oneOf<T extends string>(key: string, known: readonly T[], fallback: T): T {
    const value = this.raw(key);
    if (value === undefined || value === '') return fallback;
    const found = known.find((one) => one === value);
    if (found !== undefined) return found;
    this.tell(key, `${shown(value)} is none of ${known.join(', ')}`);
    return fallback;
  }

  /** One without properties where there is none. */
  child(key: string): Cursor {
    const value = this.raw(key);
    if (value !== undefined && !isObject(value)) {
      this.tell(key, `cannot read an object from ${nameOf(value)}`);
    }
    return new Cursor(isObject(value) ? value : nothing, this.pathOf(key), this.problems);
  }

  /** Names in this object, at most `countMax`; more are cut, which is told. */
  names(countMax: number): string[] {
    const names = Object.keys(this.value);
    if (names.length <= countMax) return names;
    this.tell('', `only the first ${countMax} of ${names.length} are read`);
    return names.slice(0, countMax);
  }

  /** At most `countMax`; a longer list is cut, which is told. */
  list(key: string, countMax: number): readonly Json[] {
    const value = this.raw(key);
    if (value === undefined || value === '') return [];
    if (!isList(value)) {
      this.tell(key, `cannot read a list from ${nameOf(value)}`);
      return [];
    }
    if (value.length <= countMax) return value;
    this.tell(key, `only the first ${countMax} of ${value.length} are read`);
    return value.slice(0, countMax);
  }

  /** The objects of a list. */
  items(key: string, countMax: number): Cursor[] {
    const items: Cursor[] = [];
    for (const [index, item] of this.list(key, countMax).entries()) {
      const path = `${this.pathOf(key)}[${index}]`;
      if (isObject(item)) items.push(new Cursor(item, path, this.problems));
      else if (item !== null)
        this.problems.tell(path, `cannot read an object from ${nameOf(item)}`);
    }
    return items;
  }

  /** The first object of a list, where it is one. */
  firstItem(key: string): Cursor | undefined {
    const value = this.raw(key);
    const [first] = isList(value) ? value : [];
    if (!isObject(first)) return undefined;
    return new Cursor(first, `${this.pathOf(key)}[0]`, this.problems);
  }

  /** The texts of a list; one text alone is a list of one. */
  texts(key: string, countMax: number): string[] {
    const value = this.raw(key);
    if (typeof value === 'string') return value === '' ? [] : [value];
    return this.list(key, countMax).flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      if (typeof item === 'number' || typeof item === 'boolean') return [String(item)];
      if (item !== null) this.tell(`${key}[${index}]`, `cannot read a text from ${nameOf(item)}`);
      return [];
    });
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A number, or a text that is one with at most a unit of length behind it. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > 40) return undefined;
  const number = Number(value.trim().replace(/(px|%)$/, ''));
  return Number.isFinite(number) ? number : undefined;
}

function nameOf(value: Json): string {
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return shown(value);
}

function shown(value: Json): string {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
