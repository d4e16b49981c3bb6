import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import type { ConfigError } from './error.ts';
import { textOfBytes } from './quote.ts';
import type { Scalar } from './schema.ts';
import { scalarTag } from './yaml-scalar.ts';

/** A configuration file taken apart, with the place of each part. */
export interface YamlSource {
  readonly file: string;
  readonly root: Node | null;
  /** How many documents the file holds; only the first counts. */
  readonly documentCount: number;
  readonly positionOf: (node: Node | null) => { line: number; column: number };
  readonly resolve: (node: Node | null) => Node | null | undefined;
}

/** Most of what follows the first faults of a broken file follows from them. */
const FAULTS_MAX = 10;

/** The size of file that is read at all; a thousand times the largest we have seen. */
export const CONFIG_BYTES_MAX: number = 64 * 1024 * 1024;

export function readYaml(text: string, file: string): YamlSource | readonly ConfigError[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const list: Document[] = Array.isArray(documents) ? documents : [];
  const first = list[0];
  const positionAt = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = first?.errors ?? [];
  if (faults.length > 0) {
    return faults.slice(0, FAULTS_MAX).map((fault) => {
      const { line, column } = positionAt(fault.pos[0]);
      const words = fault.message.split(' at line ')[0] ?? fault.message;
      return {
        file,
        line,
        column,
        kind: 'syntax',
        message: `yaml: line ${line}: ${words}`,
      };
    });
  }
  return {
    file,
    root: first?.contents ?? null,
    documentCount: list.length,
    positionOf: (node) => positionAt(node?.range?.[0] ?? 0),
    resolve: (node) => (isAlias(node) && first !== undefined ? node.resolve(first) : node),
  };
}

/** One scalar's text as written and what its look means; undefined for other nodes. */
export function scalarOf(node: Node | null): Scalar | undefined {
  if (node === null) return { text: '', tag: 'null' };
  if (!isScalar(node)) return undefined;
  if (node.value instanceof Uint8Array) return { text: textOfBytes(node.value), tag: 'str' };
  const text = node.source ?? String(node.value);
  const isBare = node.type === 'PLAIN' || node.type === undefined;
  const tag = node.tag === 'tag:yaml.org,2002:str' || !isBare ? 'str' : scalarTag(text);
  return { text, tag };
}

export function isEmpty(node: Node | null): boolean {
  return node === null || scalarOf(node)?.tag === 'null';
}

/** How Go names a node in `cannot unmarshal !!str `abc` into int`. */
export function describeNode(node: Node | null, withText: boolean): string {
  if (isMap(node)) return '!!map';
  if (isSeq(node)) return '!!seq';
  const scalar = scalarOf(node);
  if (scalar === undefined) return '!!null';
  if (!withText) return `!!${scalar.tag}`;
  const text = scalar.text.length > 10 ? `${scalar.text.slice(0, 7)}...` : scalar.text;
  return `!!${scalar.tag} \`${text}\``;
}
