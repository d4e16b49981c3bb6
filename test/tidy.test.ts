import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// What the compiler's project references leave open: references are transitive, and a relative path
// into a listed module would pass. This closes both.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = readdirSync(join(root, 'src'));

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function sourcesOf(module: string): string[] {
  return filesBelow(join(root, 'src', module)).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
}

function specifiersOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const matches = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g);
  return [...matches].map((match) => match[1] ?? '');
}

function referencesOf(module: string): string[] {
  const file = join(root, 'src', module, 'tsconfig.json');
  const { references } = parseJsonWithComments(readFileSync(file, 'utf8')) as {
    references: { path: string }[];
  };
  return references.map(({ path }) => basename(path)).toSorted();
}

function parseJsonWithComments(text: string): unknown {
  return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, ''));
}

describe.each(modules)('module %s', (module) => {
  const sources = sourcesOf(module);

  it('imports exactly the modules that its tsconfig.json names', () => {
    const imported = new Set<string>();
    for (const path of sources) {
      for (const specifier of specifiersOf(path)) {
        if (specifier.startsWith('#')) imported.add(specifier.slice(1));
      }
    }
    expect([...imported].toSorted()).toEqual(referencesOf(module));
  });

  it('holds no declarations that a build left behind', () => {
    expect(sources.filter((path) => path.endsWith('.d.ts'))).toEqual([]);
  });

  it('reaches into no other module by a path', () => {
    const escapes = sources.flatMap((path) =>
      specifiersOf(path)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => {
          const target = relative(join(root, 'src', module), resolve(dirname(path), specifier));
          return target.startsWith('..');
        })
        .map((specifier) => `${relative(root, path)}: ${specifier}`),
    );
    expect(escapes).toEqual([]);
  });

  it('names its files in kebab-case, and none after everything', () => {
    const names = filesBelow(join(root, 'src', module)).map((path) => basename(path));
    const odd = names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(name));
    const vague = names.filter((name) => /^(utils?|helpers?|common|misc|manager)\b/.test(name));
    expect([...odd, ...vague]).toEqual([]);
  });

  it('exports through an index.ts of re-exports only', () => {
    const index = readFileSync(join(root, 'src', module, 'index.ts'), 'utf8');
    const statements = index.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').split(';');
    const others = statements
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('export'));
    expect(others).toEqual([]);
  });
});

describe('pure modules', () => {
  it.each(['model', 'storage', 'contract', 'promql', 'library', 'dashboards'])(
    '%s knows neither Node nor a page',
    (module) => {
      const file = join(root, 'src', module, 'tsconfig.json');
      const { compilerOptions } = parseJsonWithComments(readFileSync(file, 'utf8')) as {
        compilerOptions: { types?: string[]; lib?: string[] };
      };
      expect(compilerOptions.types ?? []).toEqual([]);
      expect(compilerOptions.lib).toBeUndefined();
      const node = sourcesOf(module).flatMap((path) =>
        specifiersOf(path).filter((s) => s.startsWith('node:')),
      );
      expect(node).toEqual([]);
    },
  );
});
