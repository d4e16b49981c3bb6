import { describe, expect, it } from 'vitest';
import { commandHelp } from './command-help.ts';
import { COMMANDS } from './command-list.ts';
import type { CommandDefinition } from './command.ts';
import { findCommand, parseCommand } from './parse-command.ts';

function command(name: string): CommandDefinition {
  const found = COMMANDS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function parsed(name: string, args: readonly string[]): Record<string, readonly string[]> {
  const { words, options } = parseCommand(command(name), args);
  return Object.fromEntries([...words, ...options]);
}

describe('findCommand', () => {
  const cases: [string, string, string[]][] = [
    ['tsdb list data', 'tsdb list', ['data']],
    ['tsdb create-blocks-from openmetrics a b', 'tsdb create-blocks-from openmetrics', ['a', 'b']],
    ['check metrics --extended', 'check metrics', ['--extended']],
  ];
  it.each(cases)('finds the command of "%s"', (line, name, rest) => {
    const found = findCommand(COMMANDS, line.split(' '));
    expect(found?.command.name).toBe(name);
    expect(found?.rest).toEqual(rest);
  });

  it.each(['serve', '--config.file=a.yml', 'tsdbs list'])('leaves "%s" to others', (line) => {
    expect(findCommand(COMMANDS, line.split(' '))).toBeUndefined();
  });

  const errors: [string, string][] = [
    ['tsdb lst', 'unknown command "tsdb lst", did you mean list?'],
    ['query instnt x', 'unknown command "query instnt", did you mean instant?'],
    ['tsdb create-blocks-from rules', 'unknown command "tsdb create-blocks-from rules"'],
    ['test zzzzzzzz', 'unknown command "test zzzzzzzz", one of promql'],
    ['check', 'expected one of config, metrics after "check"'],
    ['tsdb -r list', 'expected one of list, analyze'],
  ];
  it.each(errors)('refuses "%s": %s', (line, message) => {
    expect(() => findCommand(COMMANDS, line.split(' '))).toThrow(message);
  });
});

describe('parseCommand', () => {
  const cases: [string, string[], Record<string, string[]>][] = [
    ['tsdb list', [], {}],
    ['tsdb list', ['-r', 'data'], { path: ['data'], 'human-readable': ['true'] }],
    ['tsdb list', ['--no-human-readable'], { 'human-readable': ['false'] }],
    ['tsdb list', ['--human-readable=false'], { 'human-readable': ['false'] }],
    ['tsdb list', ['--', '-r'], { path: ['-r'] }],
    ['tsdb analyze', ['d', '01'], { path: ['d'], block: ['01'], limit: ['20'] }],
    ['tsdb analyze', ['--limit', '3', 'd'], { path: ['d'], limit: ['3'] }],
    ['tsdb dump-openmetrics', ['--min-time=-5'], { 'min-time': ['-5'] }],
    ['tsdb dump-openmetrics', ['--min-time', '-5'], { 'min-time': ['-5'] }],
    ['tsdb dump-openmetrics', ['--match=a', '--match', 'b'], { match: ['a', 'b'] }],
    [
      'query instant',
      ['-o', 'json', 's', 'a == b'],
      {
        server: ['s'],
        expr: ['a == b'],
        format: ['json'],
      },
    ],
    ['test promql', ['a', 'b', 'c'], { file: ['a', 'b', 'c'] }],
  ];
  it.each(cases)('%s reads %j', (name, args, expected) => {
    expect(parsed(name, args)).toEqual(expected);
  });

  const errors: [string, string[], string][] = [
    ['tsdb list', ['a', 'b'], 'unexpected argument "b"'],
    ['tsdb list', ['--human'], 'unknown flag --human, see --help'],
    [
      'tsdb list',
      ['--human-readible'],
      'unknown flag --human-readible, did you mean --human-readable?',
    ],
    ['tsdb list', ['-x'], 'unknown flag -x, see --help'],
    ['tsdb analyze', ['--limit'], 'expected an argument for flag --limit'],
    ['tsdb analyze', ['--limit=1.5'], 'cannot read "1.5" for --limit: must be a whole number'],
    ['tsdb analyze', ['--limit=1', '--limit=2'], 'flag --limit cannot be repeated'],
    ['query instant', ['s'], 'expected the argument <expr>'],
    ['query instant', ['-o', 'xml', 's', 'e'], 'must be one of promql, json'],
    ['query range', ['--step=soon', 's', 'e'], 'must be a duration such as 30s, 5m or 15d'],
    ['query series', ['s'], 'expected the flag --match'],
    ['check config', [], 'expected the argument <file>'],
    ['check metrics', ['--extended=maybe'], 'must be true or false'],
  ];
  it.each(errors)('%s refuses %j: %s', (name, args, message) => {
    expect(() => parseCommand(command(name), args)).toThrow(message);
  });

  it('asks for nothing where help is wanted', () => {
    expect(parseCommand(command('query instant'), ['--help']).wantsHelp).toBe(true);
  });
});

describe('the list of commands', () => {
  it.each(COMMANDS.map((one) => [one.name, one] as const))('%s explains itself', (name, one) => {
    const help = commandHelp(one);
    expect(help).toContain(`Usage: narthex ${name}`);
    for (const { name: option } of one.options) expect(help).toContain(`--${option}`);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each(COMMANDS.map((one) => [one.name, one] as const))('%s can be loaded', async (_, one) => {
    expect(await one.load()).toBeTypeOf('function');
  });

  it('has fallbacks that its own options accept', () => {
    for (const one of COMMANDS) {
      const args = one.options.flatMap(({ name, fallback }) =>
        fallback === undefined ? [] : [`--${name}=${fallback}`],
      );
      expect(() => parseCommand(one, [...args, '--help'])).not.toThrow();
    }
  });
});
