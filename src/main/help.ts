import { commandList } from './commands/command-help.ts';
import { COMMANDS } from './commands/command-list.ts';
import { FLAGS } from './flags.ts';
import type { FlagDefinition } from './flags.ts';
import { wrapText } from './wrap-text.ts';

const FLAG_FORMS = `Flags may be written --flag=value or --flag value; those that are on or off --flag or --no-flag.
`;

const INTRODUCTION = `Narthex collects metrics, stores them, answers PromQL and shows them.

Usage:
  narthex [<flags>]
        Run the server (also: narthex serve). Its flags are below.
  narthex --help | --version
`;

export function helpText(): string {
  const effective = FLAGS.filter((flag) => flag.withoutEffect === undefined);
  const idle = FLAGS.filter((flag) => flag.withoutEffect !== undefined);
  const known = wrapText(idle.map((flag) => `--${flag.name}`).join(', '));
  return (
    `${INTRODUCTION}${commandList(COMMANDS)}\n${FLAG_FORMS}\nFlags of the server:\n${effective.map(flagHelp).join('')}` +
    `\nFlags of Prometheus that are accepted and have no effect yet:\n${known}`
  );
}

function flagHelp(flag: FlagDefinition): string {
  const choices = flag.choices === undefined ? '' : ` One of: ${flag.choices.join(', ')}.`;
  return `  ${flagForm(flag)}\n${wrapText(flag.help + choices)}`;
}

function flagForm(flag: FlagDefinition): string {
  if (flag.kind === 'boolean') return `--[no-]${flag.name}`;
  return flag.fallback === '' ? `--${flag.name}=...` : `--${flag.name}=${flag.fallback}`;
}
