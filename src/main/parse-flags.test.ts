import { describe, expect, it } from 'vitest';
import { helpText } from './help.ts';
import { FLAGS } from './flags.ts';
import { parseFlags } from './parse-flags.ts';

describe('parseFlags', () => {
  const cases: [string[], string, string][] = [
    [[], 'config.file', 'prometheus.yml'],
    [['--config.file=a.yml'], 'config.file', 'a.yml'],
    [['--config.file', 'a.yml'], 'config.file', 'a.yml'],
    [['--config.file=a=b'], 'config.file', 'a=b'],
    [['--web.enable-lifecycle'], 'web.enable-lifecycle', 'true'],
    [['--no-web.enable-lifecycle'], 'web.enable-lifecycle', 'false'],
    [['--web.enable-lifecycle=false'], 'web.enable-lifecycle', 'false'],
    [['--enable-feature=a', '--enable-feature=b,c'], 'enable-feature', 'a,b,c'],
    [['--query.max-samples=5e7'], 'query.max-samples', '5e7'],
    [['--storage.tsdb.no-lockfile'], 'storage.tsdb.no-lockfile', 'true'],
  ];
  it.each(cases)('%j gives %s %s', (args, name, value) => {
    expect(parseFlags(args).values.get(name)).toBe(value);
  });

  const errors: [string[], string][] = [
    [
      ['--web.listen-adress=:1'],
      'unknown flag --web.listen-adress, did you mean --web.listen-address?',
    ],
    [['--storage.path=x'], 'unknown flag --storage.path, did you mean --storage.tsdb.path?'],
    [
      ['--no-web.enable-lifecyle'],
      'unknown flag --no-web.enable-lifecyle, did you mean --web.enable-lifecycle?',
    ],
    [['--qqqqqqqqqqqqqqqqqqqqqqqqqq'], 'unknown flag --qqqqqqqqqqqqqqqqqqqqqqqqqq, see --help'],
    [['--config.file'], 'expected an argument for flag --config.file'],
    [['--config.file=a', '--config.file=b'], 'flag --config.file cannot be repeated'],
    [
      ['--query.timeout=soon'],
      'cannot read "soon" for --query.timeout: must be a duration such as 30s, 5m or 15d',
    ],
    [
      ['--query.max-samples=-1'],
      'cannot read "-1" for --query.max-samples: must be a whole number',
    ],
    [
      ['--log.level=loud'],
      'cannot read "loud" for --log.level: must be one of debug, info, warn, error',
    ],
    [
      ['--web.enable-lifecycle=maybe'],
      'cannot read "maybe" for --web.enable-lifecycle: must be true or false',
    ],
    [
      ['--web.config.file=web.yml'],
      'cannot start with --web.config.file: TLS and passwords are not supported yet; put a proxy in front and leave the flag out',
    ],
  ];
  it.each(errors)('%j is refused: %s', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  it('keeps words apart from flags', () => {
    const parsed = parseFlags(['check', '--log.level', 'debug', 'config', 'a.yml']);
    expect(parsed.words).toEqual(['check', 'config', 'a.yml']);
    expect([...parsed.given]).toEqual(['log.level']);
  });

  it('has a default for each flag that its own kind accepts', () => {
    for (const { name, kind, fallback } of FLAGS) {
      if (fallback === '') continue;
      expect(() => parseFlags([`--${name}=${fallback}`]), `${name} ${kind}`).not.toThrow();
    }
  });

  it('explains every flag', () => {
    const help = helpText();
    for (const { name } of FLAGS) expect(help).toContain(name);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
