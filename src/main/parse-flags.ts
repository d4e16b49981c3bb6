import { parseDuration } from '#model';
import { FLAGS } from './flags.ts';
import type { FlagDefinition } from './flags.ts';
import { nearestWord } from './nearest-word.ts';

/** What a command line says; its mistakes are the operator's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export interface ParsedFlags {
  /** Every flag's text, by name, defaults included. */
  readonly values: ReadonlyMap<string, string>;
  /** Those that were given. */
  readonly given: ReadonlySet<string>;
  /** What stands between them. */
  readonly words: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

interface Draft {
  readonly values: Map<string, string>;
  readonly given: Set<string>;
  readonly words: string[];
  help: boolean;
  version: boolean;
}

const BY_NAME: ReadonlyMap<string, FlagDefinition> = new Map(
  FLAGS.map((flag) => [flag.name, flag]),
);

/** Reads `--flag=value`, `--flag value`, `--flag`, `--no-flag` and plain words. Throws FlagError. */
export function parseFlags(args: readonly string[]): ParsedFlags {
  const values = new Map(FLAGS.map((flag) => [flag.name, flag.fallback]));
  const draft: Draft = { values, given: new Set(), words: [], help: false, version: false };
  let at = 0;
  while (at < args.length) at += parseOne(args, at, draft);
  return draft;
}

/** How many arguments it took. */
function parseOne(args: readonly string[], at: number, draft: Draft): number {
  const text = args[at] ?? '';
  if (text === '-h' || text === '--help' || text === '--help-long') draft.help = true;
  else if (text === '--version') draft.version = true;
  else if (!text.startsWith('-') || text === '-') draft.words.push(text);
  else return parseFlag(args, at, draft);
  return 1;
}

function parseFlag(args: readonly string[], at: number, draft: Draft): number {
  const text = args[at] ?? '';
  const equals = text.indexOf('=');
  const written = equals < 0 ? text : text.slice(0, equals);
  const { flag, negated } = findFlag(written);
  if (flag.kind === 'boolean') {
    const value = equals < 0 ? 'true' : text.slice(equals + 1);
    setFlag(draft, flag, negated ? negate(value) : value);
    return 1;
  }
  if (equals >= 0) {
    setFlag(draft, flag, text.slice(equals + 1));
    return 1;
  }
  const value = args[at + 1];
  if (value === undefined) throw new FlagError(`expected an argument for flag ${written}`);
  setFlag(draft, flag, value);
  return 2;
}

function negate(value: string): string {
  return value === 'true' ? 'false' : value === 'false' ? 'true' : value;
}

function findFlag(written: string): { flag: FlagDefinition; negated: boolean } {
  const name = written.replace(/^--/, '');
  const flag = written.startsWith('--') ? BY_NAME.get(name) : undefined;
  if (flag !== undefined) return { flag, negated: false };
  const positive = name.startsWith('no-') ? BY_NAME.get(name.slice(3)) : undefined;
  if (positive?.kind === 'boolean') return { flag: positive, negated: true };
  const nearest = nearestWord(
    name.replace(/^-/, ''),
    FLAGS.map((one) => one.name),
  );
  const hint = nearest === undefined ? 'see --help' : `did you mean --${nearest}?`;
  throw new FlagError(`unknown flag ${written}, ${hint}`);
}

function setFlag(draft: Draft, flag: FlagDefinition, value: string): void {
  checkValue(flag, value);
  if (flag.refused !== undefined && value !== 'false' && value !== '') {
    throw new FlagError(`cannot start with --${flag.name}: ${flag.refused}`);
  }
  const before = draft.given.has(flag.name) ? draft.values.get(flag.name) : undefined;
  if (before !== undefined && flag.kind !== 'list') {
    throw new FlagError(`flag --${flag.name} cannot be repeated`);
  }
  draft.given.add(flag.name);
  draft.values.set(flag.name, before === undefined ? value : `${before},${value}`);
}

function checkValue(flag: FlagDefinition, value: string): void {
  const wrong = (what: string): FlagError =>
    new FlagError(`cannot read ${JSON.stringify(value)} for --${flag.name}: ${what}`);
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    throw wrong(`must be one of ${flag.choices.join(', ')}`);
  }
  if (flag.kind === 'boolean' && value !== 'true' && value !== 'false') {
    throw wrong('must be true or false');
  }
  if (flag.kind === 'count' && !isCount(value)) throw wrong('must be a whole number');
  if (flag.kind === 'duration' && !isDuration(value)) {
    throw wrong('must be a duration such as 30s, 5m or 15d');
  }
}

/** Prometheus takes `5e7` too. */
function isCount(text: string): boolean {
  return /^\d+(?:\.\d+)?(?:e\+?\d+)?$/.test(text) && Number.isSafeInteger(Number(text));
}

/** True for durations as Prometheus writes them: `1h30m`. */
export function isDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}
