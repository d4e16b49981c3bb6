import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import type { LogFormat, LogLevel } from './log.ts';

function linesOf(
  format: LogFormat,
  level: LogLevel,
  use: (log: ReturnType<typeof createLog>) => void,
): string {
  let text = '';
  use(createLog({ level, format, write: (line) => (text += line), nowMs: () => 0 }));
  return text;
}

describe('createLog', () => {
  it('writes logfmt with quotes where they are needed', () => {
    const text = linesOf('logfmt', 'info', (log) =>
      log.child({ component: 'scrape' }).info('target is down', { url: 'http://a/?b=c', n: 3 }),
    );
    expect(text).toBe(
      'time=1970-01-01T00:00:00.000Z level=INFO msg="target is down" component=scrape url="http://a/?b=c" n=3\n',
    );
  });

  it('keeps a line one line, whatever a value holds', () => {
    const text = linesOf('logfmt', 'info', (log) =>
      log.info('a\nb', { e: new Error('x\ny', { cause: new Error('z') }) }),
    );
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('e="x\\ny: z"');
  });

  it('writes JSON', () => {
    const text = linesOf('json', 'info', (log) =>
      log.warn('m', { n: 1, on: true, o: { a: 1 }, u: undefined }),
    );
    expect(JSON.parse(text)).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'WARN',
      msg: 'm',
      n: 1,
      on: true,
      o: '{"a":1}',
    });
  });

  it('leaves out what is below its level, and cuts long values', () => {
    expect(linesOf('logfmt', 'warn', (log) => log.info('no'))).toBe('');
    expect(
      linesOf('logfmt', 'info', (log) => log.info('m', { v: 'x'.repeat(100_000) })).length,
    ).toBeLessThan(5000);
  });
});
