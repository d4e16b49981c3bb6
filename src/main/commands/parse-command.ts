import { formatDuration } from '#model';
import { nearestWord } from '../nearest-word.ts';
import { isDuration } from '../parse-flags.ts';
import type { CommandDefinition, OptionDefinition } from './command.ts';

/** What a command line says; its mistakes are the operator's. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ParsedCommand {
  readonly words: ReadonlyMap<string, readonly string[]>;
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly wantsHelp: boolean;
}

/**
 * The command that the first words name, and what follows them; undefined where they do not begin as
 * one. Throws UsageError where they do and go astray.
 */
export function findCommand(
  commands: readonly CommandDefinition[],
  args: readonly string[],
): { readonly command: CommandDefinition; readonly rest: readonly string[] } | undefined {
  const words = commandWords(commands, args);
  if (words === 0) return undefined;
  const name = args.slice(0, words).join(' ');
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return { command, rest: args.slice(words) };
  const said = args[words];
  const next = followers(commands, args.slice(0, words));
  if (said === undefined || said.startsWith('-')) {
    throw new UsageError(`expected one of ${next.join(', ')} after "${name}"`);
  }
  const nearest = nearestWord(said, next);
  const hint = nearest === undefined ? `one of ${next.join(', ')}` : `did you mean ${nearest}?`;
  throw new UsageError(`unknown command "${name} ${said}", ${hint}`);
}

/** Those commands whose names begin with so many of the words. */
export function commandsBelow(
  commands: readonly CommandDefinition[],
  words: readonly string[],
): CommandDefinition[] {
  const start = words.map((word) => `${word} `).join('');
  return commands.filter(({ name }) => `${name} `.startsWith(start));
}

function commandWords(commands: readonly CommandDefinition[], args: readonly string[]): number {
  let count = 0;
  while (count < args.length && commandsBelow(commands, args.slice(0, count + 1)).length > 0) {
    count++;
  }
  return count;
}

function followers(commands: readonly CommandDefinition[], words: readonly string[]): string[] {
  const next = commandsBelow(commands, words).map(
    ({ name }) => name.split(' ')[words.length] ?? '',
  );
  return [...new Set(next)];
}

interface Draft {
  readonly command: CommandDefinition;
  readonly words: string[];
  readonly options: Map<string, string[]>;
  wantsHelp: boolean;
}

/** Reads what follows the command's name. Throws UsageError. */
export function parseCommand(command: CommandDefinition, args: readonly string[]): ParsedCommand {
  const draft: Draft = { command, words: [], options: new Map(), wantsHelp: false };
  for (let at = 0; at < args.length;) {
    if (args[at] === '--') {
      draft.words.push(...args.slice(at + 1));
      break;
    }
    at += parseOne(args, at, draft);
  }
  if (draft.wantsHelp) return { ...draft, words: new Map() };
  for (const { name, fallback, isRequired } of command.options) {
    if (draft.options.has(name)) continue;
    if (isRequired === true) throw new UsageError(`expected the flag --${name}`);
    if (fallback !== undefined) draft.options.set(name, [fallback]);
  }
  return { ...draft, words: namedWords(command, draft.words) };
}

/** How many arguments it took. */
function parseOne(args: readonly string[], at: number, draft: Draft): number {
  const text = args[at] ?? '';
  if (text === '-h' || text === '--help') {
    draft.wantsHelp = true;
    return 1;
  }
  if (!text.startsWith('-') || text === '-') {
    draft.words.push(text);
    return 1;
  }
  const equals = text.startsWith('--') ? text.indexOf('=') : -1;
  const written = equals < 0 ? text : text.slice(0, equals);
  const { option, isNegated } = findOption(draft.command, written);
  if (option.kind === 'boolean') {
    setOption(draft, option, equals < 0 ? String(!isNegated) : text.slice(equals + 1));
    return 1;
  }
  const value = equals < 0 ? args[at + 1] : text.slice(equals + 1);
  if (value === undefined) throw new UsageError(`expected an argument for flag ${written}`);
  setOption(draft, option, value);
  return equals < 0 ? 2 : 1;
}

function findOption(
  { options }: CommandDefinition,
  written: string,
): { option: OptionDefinition; isNegated: boolean } {
  const name = written.replace(/^--?/, '');
  const isLong = written.startsWith('--');
  const direct = options.find((option) => (isLong ? option.name : option.short) === name);
  if (direct !== undefined) return { option: direct, isNegated: false };
  const negated = options.find((one) => one.kind === 'boolean' && `--no-${one.name}` === written);
  if (negated !== undefined) return { option: negated, isNegated: true };
  const candidates = options.map((option) => option.name);
  const nearest = isLong ? nearestWord(name, candidates) : undefined;
  const hint = nearest === undefined ? 'see --help' : `did you mean --${nearest}?`;
  throw new UsageError(`unknown flag ${written}, ${hint}`);
}

function setOption(draft: Draft, option: OptionDefinition, value: string): void {
  checkValue(option, value);
  const before = draft.options.get(option.name);
  if (before === undefined) draft.options.set(option.name, [value]);
  else if (option.kind === 'list') before.push(value);
  else throw new UsageError(`flag --${option.name} cannot be repeated`);
}

function checkValue({ name, kind, choices }: OptionDefinition, value: string): void {
  const wrong = (what: string): UsageError =>
    new UsageError(`cannot read ${JSON.stringify(value)} for --${name}: ${what}`);
  if (choices !== undefined && !choices.includes(value)) {
    throw wrong(`must be one of ${choices.join(', ')}`);
  }
  if (kind === 'boolean' && value !== 'true' && value !== 'false') {
    throw wrong('must be true or false');
  }
  if (kind === 'count' && !(/^-?\d+$/.test(value) && Number.isFinite(Number(value)))) {
    throw wrong('must be a whole number');
  }
  if (kind === 'duration' && !isDuration(value)) {
    throw wrong(`must be a duration such as ${formatDuration(30_000)}, 5m or 15d`);
  }
}

function namedWords(
  command: CommandDefinition,
  words: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>();
  let at = 0;
  for (const { name, isOptional, isList } of command.arguments) {
    const taken = words.slice(at, isList === true ? words.length : at + 1);
    at += taken.length;
    if (taken.length > 0) named.set(name, taken);
    else if (isOptional !== true) throw new UsageError(`expected the argument <${name}>`);
  }
  const over = words[at];
  if (over !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(over)}`);
  return named;
}
