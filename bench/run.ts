// `npm run bench [-- NAME... SETTING=NUMBER... --small --alone --peers=NAME,... --built --profile=DIR]`:
// builds the server, runs the benchmarks and prints one JSON line for each measurement. README.md says more.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** `small` runs in a moment, so that tests can keep a benchmark alive. */
export type Size = 'small' | 'large';

export type PeerName = 'prometheus' | 'victoria-metrics';

const PEERS: readonly PeerName[] = ['prometheus', 'victoria-metrics'];

export interface Settings {
  /** Measured too, as Debian has them. */
  readonly peers: readonly PeerName[];
  /** Given instead of what the size says, for example `series=1000000`. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Where Narthex leaves a CPU profile of each thread. Profiling makes it slower. */
  readonly profileDir?: string;
}

/** What every benchmark file exports. Without settings: as the size says, without peers. */
export interface Benchmark {
  readonly run: (size: Size, settings?: Settings) => Promise<readonly Measurement[]>;
}

/** One line of output. `hash` covers the results, so that a benchmark cannot skip its work. */
export interface Measurement {
  readonly name: string;
  /** Of Narthex. */
  readonly value: number;
  readonly unit: string;
  readonly hash?: string;
  /** The same of the other servers, measured in the same run. */
  readonly peers?: Readonly<Record<string, number>>;
  /** Narthex' value divided by the peer's. */
  readonly ratios?: Readonly<Record<string, number>>;
  readonly note?: string;
}

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--') && !arg.includes('='));
  const files = benchmarkFiles();
  for (const name of names) {
    if (!files.has(name)) throw new Error(`there is no benchmark ${name}`);
  }
  if (!args.includes('--built')) build();
  const settings = settingsOf(args);
  for (const [name, url] of files) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { run } = (await import(url)) as Benchmark;
    for (const measurement of await run(args.includes('--small') ? 'small' : 'large', settings)) {
      process.stdout.write(`${JSON.stringify(measurement)}\n`);
    }
  }
}

/** The servers under test run what is built, not the sources. */
function build(): void {
  const script = fileURLToPath(new URL('../scripts/prepare.mjs', import.meta.url));
  // Standard output is for measurements.
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('cannot build; `--built` measures what was built before');
}

/** The addresses of the benchmark modules by name. */
export function benchmarkFiles(): ReadonlyMap<string, string> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts'));
  return new Map(
    files
      .toSorted()
      .map((file) => [file.replace('.bench.ts', ''), pathToFileURL(join(folder, file)).href]),
  );
}

function settingsOf(args: readonly string[]): Settings {
  const numbers: Record<string, number> = {};
  for (const arg of args) {
    const [, name, text] = /^([a-z]\w*)=(.+)$/i.exec(arg) ?? [];
    if (name === undefined) continue;
    const number = Number(text);
    if (!(number >= 0)) throw new Error(`${arg}: not a number`);
    numbers[name] = number;
  }
  const profileDir = args.find((arg) => arg.startsWith('--profile='))?.slice('--profile='.length);
  return {
    peers: args.includes('--alone') ? [] : peersOf(args),
    numbers,
    ...(profileDir !== undefined && { profileDir }),
  };
}

function peersOf(args: readonly string[]): readonly PeerName[] {
  const given = args.find((arg) => arg.startsWith('--peers='))?.slice('--peers='.length);
  if (given === undefined) return PEERS;
  return given.split(',').map((name) => {
    const peer = PEERS.find((one) => one === name);
    if (peer === undefined) throw new Error(`--peers: ${name} is none of ${PEERS.join(', ')}`);
    return peer;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
