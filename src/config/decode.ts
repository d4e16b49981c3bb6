import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { nearestName, type ConfigError } from './error.ts';
import {
  defaultOf,
  type ListType,
  type MapType,
  type Problem,
  type ScalarType,
  type Settings,
  type StructType,
  type Type,
} from './schema.ts';
import { describeNode, isEmpty, scalarOf, type YamlSource } from './yaml-source.ts';

/** How deep sections may nest, and how many values a file may have once its aliases are followed. */
const DEPTH_MAX = 100;
const NODES_MAX = 1_000_000;

/** Sections with the place where each stands, for checks that come after reading. */
export interface Decoded {
  readonly value: unknown;
  readonly errors: readonly ConfigError[];
  /** The error of a section that was read, placed at one of its fields where a key is named. */
  readonly errorAt: (section: object | undefined, problem: Problem) => ConfigError;
  /** True where the file itself gives the field of a section. */
  readonly isWritten: (section: object, key: string) => boolean;
}

interface Places {
  readonly node: Node | null;
  readonly keys: ReadonlyMap<string, Node>;
}

interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly valueNode: Node | null;
}

/**
 * Reads a YAML node by a schema as Go's strict decoder does: unknown and repeated fields are errors,
 * what is left out has its default, `null` makes a scalar its zero and a section absent.
 * A section is checked once all of it was read without error; later sections are still read.
 */
export function decodeYaml(source: YamlSource, type: Type): Decoded {
  const decoder = new Decoder(source);
  const value = decoder.decode(source.root, type, 0);
  return {
    value,
    errors: decoder.errors,
    errorAt: (section, problem) => decoder.errorAt(section, problem),
    isWritten: (section, key) => decoder.isWritten(section, key),
  };
}

class Decoder {
  readonly errors: ConfigError[] = [];
  readonly #source: YamlSource;
  readonly #places = new WeakMap<object, Places>();
  #nodeCount = 0;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  decode(written: Node | null, type: Type, depth: number): unknown {
    const node = this.#source.resolve(written);
    if (node === undefined) return this.#fail(written, 'syntax', 'yaml: unknown anchor referenced');
    if (depth > DEPTH_MAX || ++this.#nodeCount > NODES_MAX) {
      if (this.#nodeCount !== NODES_MAX + 1 && depth <= DEPTH_MAX) return undefined;
      return this.#fail(written, 'syntax', 'yaml: document contains excessive aliasing');
    }
    switch (type.kind) {
      case 'scalar':
        return this.#decodeScalar(node, type);
      case 'list':
        return this.#decodeList(node, type, depth);
      case 'map':
        return this.#decodeMap(node, type, depth);
      case 'struct':
        return this.#decodeStruct(node, type, depth);
    }
  }

  isWritten(section: object, key: string): boolean {
    return this.#places.get(section)?.keys.has(key) ?? false;
  }

  errorAt(section: object | undefined, problem: Problem): ConfigError {
    const places = section === undefined ? undefined : this.#places.get(section);
    const { message, key, remedy } =
      typeof problem === 'string'
        ? { message: problem, key: undefined, remedy: undefined }
        : problem;
    const node = (key === undefined ? undefined : places?.keys.get(key)) ?? places?.node ?? null;
    return {
      file: this.#source.file,
      ...this.#source.positionOf(node),
      kind: 'value',
      message,
      ...(remedy === undefined ? {} : { remedy }),
    };
  }

  #fail(node: Node | null, kind: ConfigError['kind'], message: string, remedy?: string): undefined {
    this.errors.push({
      file: this.#source.file,
      ...this.#source.positionOf(node),
      kind,
      message,
      ...(remedy === undefined ? {} : { remedy }),
    });
  }

  #failProblem(node: Node | null, problem: Problem): undefined {
    if (typeof problem === 'string') return this.#fail(node, 'value', problem);
    return this.#fail(node, 'value', problem.message, problem.remedy);
  }

  #mismatch(node: Node | null, type: Type): undefined {
    // What stands in the place of a section may be a secret.
    const maySay = type.kind !== 'struct' && !type.typeName.endsWith('Secret');
    const described = describeNode(node, maySay);
    return this.#fail(node, 'type', `cannot unmarshal ${described} into ${type.typeName}`);
  }

  #decodeScalar(node: Node | null, type: ScalarType): unknown {
    if (isEmpty(node)) return type.zero;
    const scalar = scalarOf(node);
    if (scalar === undefined) return this.#mismatch(node, type);
    const result = type.read(scalar);
    if (result === 'mismatch') return this.#mismatch(node, type);
    return 'value' in result ? result.value : this.#failProblem(node, result.problem);
  }

  #decodeList(node: Node | null, type: ListType, depth: number): unknown {
    if (isEmpty(node)) return undefined;
    if (!isSeq(node)) return this.#mismatch(node, type);
    return (node.items as (Node | null)[]).map((item) => {
      const isSection = type.item.kind === 'struct';
      return isSection && isEmpty(item) ? null : this.decode(item, type.item, depth + 1);
    });
  }

  #decodeMap(node: Node | null, type: MapType, depth: number): unknown {
    if (isEmpty(node)) return undefined;
    if (!isMap(node)) return this.#mismatch(node, type);
    const values = new Map<string, unknown>();
    for (const { key, keyNode, valueNode } of this.#entries(node.items, depth)) {
      if (values.has(key)) this.#fail(keyNode, 'type', `key "${key}" already set in map`);
      const value = this.decode(valueNode, type.item, depth + 1);
      const problem = type.checkEntry?.(key, value);
      if (problem !== undefined) this.#failProblem(keyNode, problem);
      values.set(key, value);
    }
    return values;
  }

  #decodeStruct(node: Node | null, type: StructType, depth: number): unknown {
    if (isEmpty(node)) return undefined;
    if (!isMap(node)) return this.#mismatch(node, type);
    const errorsBefore = this.errors.length;
    const entries = this.#fieldEntries(node.items, type, depth);
    const settings: Settings = {};
    const keys = new Map<string, Node>();
    for (const field of type.fields) {
      const entry = entries.get(field.key);
      if (entry === undefined) {
        settings[field.key] = defaultOf(field);
        continue;
      }
      keys.set(field.key, entry.keyNode);
      const value = this.decode(entry.valueNode, field.type, depth + 1);
      settings[field.key] =
        value === undefined && field.isAlways === true ? defaultOf(field) : value;
    }
    this.#places.set(settings, { node, keys });
    if (this.errors.length === errorsBefore) {
      const problem = type.check?.(settings);
      if (problem !== undefined) this.errors.push(this.errorAt(settings, problem));
    }
    return settings;
  }

  #fieldEntries(pairs: readonly Pair[], type: StructType, depth: number): Map<string, Entry> {
    const known = new Set(type.fields.map((field) => field.key));
    const entries = new Map<string, Entry>();
    for (const entry of this.#entries(pairs, depth)) {
      const { key, keyNode } = entry;
      if (!known.has(key)) {
        const nearest = nearestName(key, known);
        const message = `field ${key} not found in type ${type.typeName}`;
        this.#fail(keyNode, 'type', message, nearest && `did you mean ${nearest}?`);
      } else if (entries.has(key)) {
        this.#fail(keyNode, 'type', `field ${key} already set in type ${type.typeName}`);
      } else entries.set(key, entry);
    }
    return entries;
  }

  /** The pairs of a mapping; those it merges in (`<<`) come first where it does not give them itself. */
  #entries(pairs: readonly Pair[], depth: number): readonly Entry[] {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of pairs) {
      const keyNode = pair.key as Node;
      const valueNode = (pair.value as Node | null | undefined) ?? null;
      const resolvedKey = this.#source.resolve(keyNode) ?? null;
      const scalar = scalarOf(resolvedKey);
      if (isScalar(resolvedKey) && scalar?.tag === 'merge') {
        merged.push(...this.#mergedEntries(valueNode, depth));
      } else if (scalar === undefined) this.#fail(keyNode, 'type', 'invalid map key');
      else own.push({ key: scalar.text, keyNode, valueNode });
    }
    if (merged.length === 0) return own;
    const taken = new Set(own.map((entry) => entry.key));
    const added = merged.filter(({ key }) => !taken.has(key) && taken.add(key));
    return [...added, ...own];
  }

  #mergedEntries(written: Node | null, depth: number): readonly Entry[] {
    const node = this.#source.resolve(written);
    if (depth < DEPTH_MAX && ++this.#nodeCount <= NODES_MAX) {
      if (isMap(node)) return this.#entries(node.items, depth + 1);
      if (isSeq(node)) {
        return (node.items as Node[]).flatMap((item) => this.#mergedEntries(item, depth + 1));
      }
    }
    this.#fail(written, 'syntax', 'yaml: map merge requires map or sequence of maps as the value');
    return [];
  }
}
