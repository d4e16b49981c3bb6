import { describe, expect, it } from 'vitest';
import { formatLabels } from '#model';
import { OpenMetricsFile } from './openmetrics-file.ts';
import type { ByteSource } from './openmetrics-file.ts';

function source(text: string): ByteSource {
  const bytes = new TextEncoder().encode(text);
  return {
    bytes: bytes.length,
    readAt: (position, into) => {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

const LINES = [
  '# TYPE h histogram',
  'h_bucket{le="1"} 1 1',
  'h_bucket{le="+Inf"} 2 1',
  '# HELP g Grün.',
  '# TYPE g gauge',
  'g{a="}\\n"} 1.5 2.25',
  'g{a="b"} NaN 3 ',
  '# EOF',
].map((line) => line.trimEnd());
const PAGE = `${LINES.join('\n')}\n`;

function samplesOf(text: string, pieceBytes: number): { samples: string[]; pieces: number[] } {
  const samples: string[] = [];
  const pieces: number[] = [];
  new OpenMetricsFile(source(text), pieceBytes).scan((parser, piece) => {
    samples.push(`${formatLabels(parser.labels())} ${parser.value} ${parser.timestampMs}`);
    pieces.push(piece);
  });
  return { samples, pieces };
}

describe('OpenMetricsFile', () => {
  const whole = samplesOf(PAGE, 1_000_000);

  it('reads each sample with its labels as they are stored', () => {
    expect(whole.samples).toEqual([
      'h_bucket{le="1.0"} 1 1000',
      'h_bucket{le="+Inf"} 2 1000',
      'g{a="}\\n"} 1.5 2250',
      'g{a="b"} NaN 3000',
    ]);
    expect(new Set(whole.pieces)).toEqual(new Set([0]));
  });

  it.each([25, 26, 30, 41, 60, 100, PAGE.length - 1])(
    'reads the same in pieces of %d bytes',
    (pieceBytes) => {
      const { samples, pieces } = samplesOf(PAGE, pieceBytes);
      expect(samples).toEqual(whole.samples);
      expect(pieces).toEqual(pieces.toSorted((a, b) => a - b));
      if (pieceBytes < 60) expect(new Set(pieces).size).toBeGreaterThan(1);
    },
  );

  it('reads some of the pieces again', () => {
    const file = new OpenMetricsFile(source(PAGE), 30);
    const seen: [number, number][] = [];
    file.scan((parser, piece) => void seen.push([piece, parser.value]));
    const last = Math.max(...seen.map(([piece]) => piece));
    const again: [number, number][] = [];
    file.read(last, last, (parser, piece) => void again.push([piece, parser.value]));
    expect(again).toEqual(seen.filter(([piece]) => piece === last));
  });

  const errors: [string, string][] = [
    [PAGE.replace('# EOF\n', ''), 'line 8: data does not end with # EOF'],
    [`${PAGE}x 1 1\n`, 'unexpected data after # EOF'],
    [PAGE.replace('g{a="b"} NaN 3', 'g{a="b"} NaN'), 'line 7: expected a timestamp for the sample'],
    [PAGE.replace('g{a="b"} NaN 3', 'g{a="b"} x 3'), 'line 7: '],
    [`# HELP g ${'x'.repeat(500)}\n# EOF\n`, 'line 1: the line is too long'],
    ['', 'line 1: data does not end with # EOF'],
  ];
  it.each(errors)('refuses %j: %s', (text, message) => {
    for (const pieceBytes of [30, 60, 200]) {
      expect(() => samplesOf(text, pieceBytes), `${pieceBytes}`).toThrow(message);
    }
  });
});
