import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { compareStrings, compileAnchored } from '#model';

/** The files that a configuration names; handed in, so that tests need no disk. */
export interface ConfigFiles {
  /** Throws where the file cannot be read. */
  readonly read: (file: string) => string;
  /** The files that match a pattern (`*`, `?`, `[a-z]` in the last part), sorted. */
  readonly glob: (pattern: string) => readonly string[];
  /** Throws where there is no such file. */
  readonly stat: (file: string) => void;
}

const WILDCARD = /[*?[]/;

/** The real disk. */
export const diskFiles: ConfigFiles = {
  read: (file) => readFileSync(file, 'utf8'),
  glob: globDisk,
  stat: (file) => {
    statSync(file);
  },
};

function globDisk(pattern: string): readonly string[] {
  const { dir, base } = path.parse(pattern);
  try {
    if (!WILDCARD.test(base)) {
      statSync(pattern);
      return [pattern];
    }
    return matchNames(base, readdirSync(dir === '' ? '.' : dir)).map((name) =>
      path.join(dir, name),
    );
  } catch {
    return [];
  }
}

/** The names that a shell pattern matches, sorted; the expression runs in linear time. */
export function matchNames(pattern: string, names: readonly string[]): readonly string[] {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const { test } = compileAnchored(source);
  return names.filter((name) => test(name)).toSorted(compareStrings);
}

/** A path relative to a directory; absolute and empty ones stay as they are. */
export function joinDir(dir: string, file: string): string {
  return file === '' || path.isAbsolute(file) ? file : path.join(dir, file);
}
