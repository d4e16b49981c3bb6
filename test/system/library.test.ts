import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'promql.md'), 'utf8');
const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');

/** What each example of docs/promql.md prints. */
const PRINTED = [
  /\[ 'job', 'api' \] 100/,
  /\{job="api"\}[\s\S]+\[\] \[\] \d+/,
  /http_requests_total[\s\S]+calls rate[\s\S]+1:\d+: parse error/,
  /execution memory query processing would take more than/,
  /^1\n$/,
  /^1 \/\n {2}2 sum\n {4}3 rate\n {6}4 x\[5m\]\n {2}5 count\n {4}3 rate, evaluated above\ntrue\n$/,
  /\d+ true undefined/,
];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Unpacks what would be published, beside the packages that it depends on. */
function installInto(dir: string): void {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', dir], {
    cwd: root,
    encoding: 'utf8',
  });
  const modules = join(dir, 'node_modules');
  mkdirSync(join(modules, 'narthex'), { recursive: true });
  const archive = join(dir, packed.trim());
  execFileSync('tar', ['-xzf', archive, '--strip-components=1'], { cwd: join(modules, 'narthex') });
  const manifest = readFileSync(join(modules, 'narthex', 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(manifest) as Manifest;
  for (const name of [...Object.keys(dependencies), '@types', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
}

describe('the installed package', () => {
  const dir = mkdtempSync(join(tmpdir(), 'narthex-library-'));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');

  beforeAll(() => {
    execFileSync(tsc, ['--build', 'src/library'], { cwd: root });
    installInto(dir);
    for (const [i, code] of examples.entries()) writeFileSync(join(dir, `example-${i}.ts`), code);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: ['node'],
      noEmitOnError: true,
      outDir: 'built',
      rootDir: '.',
    };
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts'] }),
    );
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('has types for all examples of its page', () => {
    expect(examples).toHaveLength(PRINTED.length);
    const compile = (): string => execFileSync(tsc, ['-p', dir], { encoding: 'utf8' });
    expect(compile).not.toThrow();
    expect(readdirSync(join(dir, 'built')).filter((name) => name.endsWith('.js'))).toHaveLength(
      examples.length,
    );
  });

  it.each(PRINTED.map((printed, i) => [i, printed] as const))(
    'runs example %i of its page',
    (i, printed) => {
      const file = join(dir, 'built', `example-${i}.js`);
      expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toMatch(printed);
    },
  );

  it('exports what its page lists, and nothing else', () => {
    const source = readFileSync(join(root, 'src', 'library', 'promql.ts'), 'utf8');
    const exported = [...source.matchAll(/\{([^}]*)\}\s*from/g)].flatMap(([, names]) =>
      (names ?? '').split(',').map((name) => name.trim()),
    );
    const table = page.slice(page.indexOf('## All of it'));
    const documented = new Set([...table.matchAll(/`(\w+)(?:\([^`]*\))?`/g)].map(([, n]) => n));
    expect(exported.filter((name) => /^\w+$/.test(name) && !documented.has(name))).toEqual([]);
    const script = "console.log(Object.keys(await import('narthex/promql')).join())";
    const values = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: dir,
      encoding: 'utf8',
    });
    for (const name of values.trim().split(',')) expect(exported).toContain(name);
  });

  it('needs no other package to run, and starts the server', () => {
    const code = readFileSync(
      join(dir, 'node_modules', 'narthex', 'dist', 'npm', 'promql.js'),
      'utf8',
    );
    expect(code).not.toMatch(/^import /m);
    const program = join(dir, 'node_modules', 'narthex', 'bin', 'narthex');
    const version = execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
    expect(version).toMatch(/^narthex, version/);
  });
});
