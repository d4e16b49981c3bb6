import type { Output } from './output.ts';

export interface ArgumentDefinition {
  readonly name: string;
  readonly help: string;
  /** May be left out. */
  readonly isOptional?: true;
  /** Takes all that follows; only the last may. */
  readonly isList?: true;
}

export interface OptionDefinition {
  readonly name: string;
  /** One letter: `-r`. */
  readonly short?: string;
  /** `list` may be given several times. */
  readonly kind: 'boolean' | 'text' | 'count' | 'duration' | 'list';
  readonly help: string;
  /** As text; nothing where there is none. */
  readonly fallback?: string;
  readonly choices?: readonly string[];
  readonly isRequired?: true;
}

/** What a command is told. */
export interface CommandInput {
  /** By name of the argument; those left out are missing. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** By name of the option, fallbacks included. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly output: Output;
  readonly readInput: () => Promise<Uint8Array>;
  readonly nowMs: () => number;
}

/** Does the work; the answer is the exit code. */
export type RunCommand = (input: CommandInput) => number | Promise<number>;

export interface CommandDefinition {
  /** Its words: `tsdb list`. */
  readonly name: string;
  readonly help: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  /** Loads what the command needs, and nothing before it is asked for. */
  readonly load: () => Promise<RunCommand>;
}

/** Something went wrong that the message explains by itself. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The value of an argument or option that has one; '' where it was left out. */
export function textOf(values: ReadonlyMap<string, readonly string[]>, name: string): string {
  return values.get(name)?.[0] ?? '';
}

export function isOn(input: CommandInput, option: string): boolean {
  return textOf(input.options, option) === 'true';
}
