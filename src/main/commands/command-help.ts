import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './command.ts';
import { wrapText } from '../wrap-text.ts';

/** What `narthex tsdb dump --help` shows. */
export function commandHelp(command: CommandDefinition): string {
  const { arguments: args, options, help } = command;
  let text = `Usage: ${usageOf(command)}\n\n${wrapText(help, 0)}`;
  if (args.length > 0) {
    text += `\nArguments:\n${args.map((one) => `  ${formOf(one)}\n${wrapText(one.help)}`).join('')}`;
  }
  if (options.length > 0) text += `\nFlags:\n${options.map(optionHelp).join('')}`;
  return text;
}

/** A line for each command; what `narthex tsdb --help` shows. */
export function commandList(commands: readonly CommandDefinition[]): string {
  return commands.map((command) => `  ${usageOf(command)}\n${wrapText(command.help)}`).join('');
}

function usageOf({ name, arguments: args, options }: CommandDefinition): string {
  const flags = options.length > 0 ? ['[<flags>]'] : [];
  return ['narthex', name, ...flags, ...args.map(formOf)].join(' ');
}

function formOf({ name, isOptional, isList }: ArgumentDefinition): string {
  const form = isList === true ? `<${name}>...` : `<${name}>`;
  return isOptional === true ? `[${form}]` : form;
}

function optionHelp({ name, short, kind, help, fallback, choices }: OptionDefinition): string {
  const letter = short === undefined ? '' : `-${short}, `;
  const value = kind === 'boolean' ? '' : `=${fallback ?? '...'}`;
  const several = kind === 'list' ? ' May be given several times.' : '';
  const choice = choices === undefined ? '' : ` One of: ${choices.join(', ')}.`;
  return `  ${letter}--${name}${value}\n${wrapText(help + choice + several)}`;
}
