import { describe, expect, it } from 'vitest';
import { BufferedOutput, OutputClosedError } from './output.ts';

function failing(code: string): never {
  throw Object.assign(new Error(code), { code });
}

describe('the output of a command', () => {
  it('writes everything in order, however little is taken at a time', () => {
    const taken: [number, string][] = [];
    const output = new BufferedOutput((descriptor, bytes) => {
      const some = bytes.subarray(0, 3);
      taken.push([descriptor, Buffer.from(some).toString('latin1')]);
      return some.length;
    });
    output.write('abcd');
    output.write('ef');
    output.writeError('no');
    output.flush();
    expect(taken).toEqual([
      [1, 'abc'],
      [1, 'def'],
      [2, 'no'],
    ]);
  });

  it('holds back no more than some pages', () => {
    let written = 0;
    const output = new BufferedOutput((_, bytes) => ((written += bytes.length), bytes.length));
    for (let i = 0; i < 100; i++) output.write('x'.repeat(1000));
    expect(written).toBeGreaterThan(60_000);
  });

  it('tries again where a pipe is full', () => {
    let calls = 0;
    const output = new BufferedOutput((_, bytes) =>
      ++calls === 1 ? failing('EAGAIN') : bytes.length,
    );
    output.write('a');
    output.flush();
    expect(calls).toBe(2);
  });

  it.each([
    ['EPIPE', OutputClosedError],
    ['ECONNRESET', OutputClosedError],
    ['ENOSPC', Error],
  ])('ends with %s', (code, type) => {
    const output = new BufferedOutput(() => failing(code));
    output.write('a');
    expect(() => output.flush()).toThrow(type);
  });
});
