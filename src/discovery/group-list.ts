import { isLabelName, labelsFromPairs } from '#model';
import type { Labels } from '#model';
import type { TargetGroup } from '#config';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';

/** A list of targets that cannot be read; says where and what is wrong. */
export class GroupListError extends Error {
  override readonly name = 'GroupListError';
}

export interface GroupSource {
  /** Prefix of the groups' sources: a file's path, a URL. */
  readonly name: string;
  /** Set on each group beside its own labels. */
  readonly meta: readonly [string, string];
}

/** Reads what file_sd and http_sd share: a list of `{targets: [...], labels: {...}}`. Throws GroupListError. */
export function parseJsonGroups(text: string, source: GroupSource): TargetGroup[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GroupListError(`cannot parse JSON: ${(cause as Error).message}`, { cause });
  }
  return groupsFromValue(value, source);
}

/** The same in YAML. Every scalar counts as the text that stands there, `8080` as `"8080"`. */
export function parseYamlGroups(text: string, source: GroupSource): TargetGroup[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true, version: '1.1' });
  if (!Array.isArray(documents) || documents.length === 0) return [];
  if (documents.length > 1) throw new GroupListError('cannot parse YAML: more than one document');
  const [document] = documents;
  const error = document?.errors[0];
  if (error !== undefined) {
    throw new GroupListError(`cannot parse YAML: ${error.message}`, { cause: error });
  }
  return groupsFromValue(plainValue(document?.contents, 0), source);
}

/** Deeper than a list of groups ever is. */
const DEPTH_MAX = 16;

/** YAML nodes as arrays, objects, strings and null. */
function plainValue(node: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new GroupListError('cannot parse YAML: nested too deeply');
  if (isAlias(node)) throw new GroupListError('cannot parse YAML: aliases are not supported here');
  if (isSeq(node)) return node.items.map((item) => plainValue(item, depth + 1));
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map((pair) => [
        String(plainValue(pair.key, depth + 1)),
        plainValue(pair.value, depth + 1),
      ]),
    );
  }
  if (!isScalar(node) || node.value === null) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? JSON.stringify(node.value));
}

function groupsFromValue(value: unknown, source: GroupSource): TargetGroup[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new GroupListError('a list of target groups is wanted');
  return value.map((item: unknown, index) => groupFromItem(item, index, source));
}

function groupFromItem(item: unknown, index: number, source: GroupSource): TargetGroup {
  if (item === null) throw new GroupListError(`nil target group item found (index ${index})`);
  if (typeof item !== 'object' || Array.isArray(item)) {
    throw new GroupListError(`target group ${index} is not an object`);
  }
  const { targets, labels, ...unknown } = item as Record<string, unknown>;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) {
    throw new GroupListError(`target group ${index}: unknown field ${JSON.stringify(extra)}`);
  }
  return {
    source: `${source.name}:${index}`,
    targets: readTargets(targets, index),
    labels: readLabels(labels, index, source.meta),
  };
}

function readTargets(targets: unknown, index: number): Labels[] {
  if (targets === undefined || targets === null) return [];
  if (!Array.isArray(targets))
    throw new GroupListError(`target group ${index}: targets: a list is wanted`);
  return targets.map((target: unknown) => {
    if (typeof target !== 'string') {
      throw new GroupListError(`target group ${index}: ${JSON.stringify(target)} is not a string`);
    }
    return labelsFromPairs([['__address__', target]]);
  });
}

function readLabels(labels: unknown, index: number, meta: readonly [string, string]): Labels {
  if (labels === undefined || labels === null) return labelsFromPairs([meta]);
  if (typeof labels !== 'object' || Array.isArray(labels)) {
    throw new GroupListError(`target group ${index}: labels: an object is wanted`);
  }
  const pairs: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    if (!isLabelName(name, 'utf8')) {
      throw new GroupListError(`${JSON.stringify(name)} is not a valid label name`);
    }
    if (value !== null && typeof value !== 'string') {
      throw new GroupListError(
        `target group ${index}: label ${JSON.stringify(name)} is not a string`,
      );
    }
    pairs.push([name, value ?? '']);
  }
  return labelsFromPairs([...pairs, [...meta]]);
}

/** Groups without targets for the sources beyond those that are left: they are gone. */
export function emptyGroups(name: string, fromIndex: number, toIndex: number): TargetGroup[] {
  const groups: TargetGroup[] = [];
  for (let index = fromIndex; index < toIndex; index++) {
    groups.push({ source: `${name}:${index}`, targets: [], labels: [] });
  }
  return groups;
}
