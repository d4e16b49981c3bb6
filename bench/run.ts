// `npm run bench [-- NAME...]`: runs the benchmarks and prints one JSON line each.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What every benchmark file exports: `small` runs in a moment, so that tests can keep it alive. */
export interface Benchmark {
  readonly run: (size: 'small' | 'large') => Promise<readonly Measurement[]>;
}

/** One line of output. `hash` covers the results, so that a benchmark cannot skip its work. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly hash?: string;
}

async function main(names: readonly string[]): Promise<void> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'));
  const chosen = files.filter(
    (file) => names.length === 0 || names.includes(file.replace('.bench.ts', '')),
  );
  for (const file of chosen) {
    const { run } = (await import(pathToFileURL(join(folder, file)).href)) as Benchmark;
    for (const measurement of await run('large')) {
      process.stdout.write(`${JSON.stringify(measurement)}\n`);
    }
  }
}

await main(process.argv.slice(2));
