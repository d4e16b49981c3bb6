import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './command.ts';

const LINE_WIDTH = 96;
/** Where explanations begin. */
const TEXT_COLUMN = 8;

/** What `narthex tsdb dump --help` shows. */
export function commandHelp(command: CommandDefinition): string {
  const { arguments: args, options, help } = command;
  let text = `Usage: ${usageOf(command)}\n\n${wrap(help, 0)}`;
  if (args.length > 0) {
    text += `\nArguments:\n${args.map((one) => `  ${formOf(one)}\n${wrap(one.help)}`).join('')}`;
  }
  if (options.length > 0) text += `\nFlags:\n${options.map(optionHelp).join('')}`;
  return text;
}

/** A line for each command; what `narthex tsdb --help` shows. */
export function commandList(commands: readonly CommandDefinition[]): string {
  return commands.map((command) => `  ${usageOf(command)}\n${wrap(command.help)}`).join('');
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
  return `  ${letter}--${name}${value}\n${wrap(help + choice + several)}`;
}

function wrap(text: string, column = TEXT_COLUMN): string {
  const indent = ' '.repeat(column);
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > LINE_WIDTH && line !== indent) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.trimEnd());
  return `${lines.join('\n')}\n`;
}
