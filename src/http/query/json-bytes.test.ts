import { describe, expect, it } from 'vitest';
import { encodePoint } from './encode-value.ts';
import { CHUNK_BYTES, JsonBytes } from './json-bytes.ts';

const VALUES = [
  0,
  -0,
  1,
  -1,
  9,
  10,
  99,
  100,
  999_999_999,
  1e9,
  1e9 + 1,
  123_456_789_012_345,
  999_999_999_999_999,
  1e15,
  1e15 + 2,
  2 ** 53,
  2 ** 64,
  1e20,
  1e21,
  1e300,
  -1e21,
  0.1,
  0.25,
  -0.5,
  0.001,
  0.0015,
  0.000_1,
  1e-6,
  1e-7,
  5e-324,
  0.1 + 0.2,
  1 / 3,
  1234.5,
  1234.567,
  -98_765.43,
  999_999_999_999.999,
  9_999_999_999_999.99,
  123_456.0004,
  Math.PI,
  4.35,
  1.005,
  2.675,
  1e14 + 0.125,
  NaN,
  Infinity,
  -Infinity,
];
const TIMES_MS = [
  0, 1, 10, 999, 1000, 1001, 1_760_000_000_000, 1_760_000_000_120, 253_402_300_799_999, -1, -1500,
];

function textOf(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes();
  write(out);
  return Buffer.from(out.finish()).toString('utf8');
}

/** Numbers that depend on nothing but how often it was asked. */
function random(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function expectPoints(timesMs: readonly number[], values: readonly number[]): void {
  const shown = textOf((out) =>
    out.writePoints(Float64Array.from(timesMs), Float64Array.from(values)),
  );
  const expected = values.map((value, i) => encodePoint(timesMs[i] ?? NaN, value)).join(',');
  // All of it would be a long message.
  let same = 0;
  while (same < shown.length && shown[same] === expected[same]) same++;
  const from = Math.max(0, same - 20);
  expect(shown.slice(from, same + 20)).toBe(expected.slice(from, same + 20));
}

describe('JsonBytes', () => {
  it('writes points as single points are written', () => {
    for (const timeMs of TIMES_MS) {
      expectPoints(
        VALUES.map(() => timeMs),
        VALUES,
      );
    }
  });

  it('writes numbers of every size and length so', () => {
    const next = random();
    const values: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      const digits = Math.floor(next() * 18);
      const whole = Math.round((next() - 0.5) * 10 ** digits);
      values.push(whole / 10 ** Math.floor(next() * 8));
    }
    expectPoints(
      values.map((_, i) => 1_760_000_000_000 + i * 15),
      values,
    );
  });

  it('writes doubles as the platform does, whatever their bits are', () => {
    const next = random();
    const bits = new DataView(new ArrayBuffer(8));
    const values: number[] = [];
    for (let i = 0; i < 30_000; i++) {
      // Half of them where samples mostly are.
      const exponent = i % 2 === 0 ? 990 + Math.floor(next() * 100) : Math.floor(next() * 2048);
      bits.setUint32(0, exponent * 2 ** 20 + Math.floor(next() * 2 ** 20));
      bits.setUint32(4, Math.floor(next() * 2 ** 32));
      values.push(bits.getFloat64(0));
    }
    expectPoints(
      values.map((_, i) => i),
      values,
    );
  });

  it('writes the neighbours of powers of two and of ten so', () => {
    const powers = [
      ...Array.from({ length: 632 }, (_, i) => Number(`1e${i - 323}`)),
      ...Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074)),
    ];
    const bits = new DataView(new ArrayBuffer(8));
    const values = powers.flatMap((power) => {
      bits.setFloat64(0, power);
      const at = bits.getBigInt64(0);
      return [-3n, -2n, -1n, 0n, 1n, 2n, 3n].map((steps) => {
        bits.setBigInt64(0, at + steps);
        return bits.getFloat64(0);
      });
    });
    expectPoints(
      values.map((_, i) => i),
      values,
    );
  });

  it('writes what lies in the middle between two decimals so', () => {
    const values: number[] = [];
    for (let binary = -20; binary < 57; binary++) {
      for (const odd of [3, 5, 7, 11, 13, 2 ** 26 + 1, 2 ** 52 + 1, 2 ** 53 - 1, 2 ** 52 + 2]) {
        values.push(odd * 2 ** (binary - 26), -odd * 2 ** (binary - 52));
      }
    }
    expectPoints(
      values.map((_, i) => i),
      values,
    );
  });

  it('repeats what is equal, and nothing else', () => {
    const third = 1 / 3;
    const values = [third, third, -third, -third, 0, -0, 0, NaN, NaN, 5, 5, third, third];
    expectPoints(
      values.map((_, i) => i * 1000),
      values,
    );
  });

  it('gives a large answer to its sink and keeps its end', () => {
    const sunk: string[] = [];
    const out = new JsonBytes({ take: (bytes) => void sunk.push(Buffer.from(bytes).toString()) });
    const times = Float64Array.from({ length: 3000 }, (_, i) => i);
    for (let i = 0; i < 30; i++) out.writePoints(times, times);
    out.write('the end');
    const rest = Buffer.from(out.finish()).toString();
    const whole = textOf((kept) => {
      for (let i = 0; i < 30; i++) kept.writePoints(times, times);
      kept.write('the end');
    });
    expect(sunk.length).toBeGreaterThan(3);
    expect(rest.length).toBeLessThan(CHUNK_BYTES);
    expect(sunk.join('') + rest).toBe(whole);
  });

  it('keeps a small answer to itself', () => {
    const out = new JsonBytes({
      take: () => {
        throw new Error('it is small');
      },
    });
    for (let i = 0; i < 1000; i++) out.write('a'.repeat(1000));
    expect(out.finish()).toHaveLength(1_000_000);
  });

  it('does not take the timestamp of another series for one of this', () => {
    const values = Float64Array.of(1, 2);
    const shown = textOf((out) => {
      out.writePoints(Float64Array.of(1000, 2000), values);
      out.writePoints(Float64Array.of(1000, 2500), values);
      out.writePoints(Float64Array.of(10_000), Float64Array.of(3));
    });
    expect(shown).toBe('[1,"1"],[2,"2"][1,"1"],[2.500,"2"][10,"3"]');
  });

  it('writes labels as JSON does, whatever those before were', () => {
    const next = random();
    const values = ['a', 'b', '', 'é測😀', 'say "x"', '\n\u0001', 'long'.repeat(50), '\ud800'];
    const rows = Array.from({ length: 5000 }, () => {
      const names = ['__name__', 'a b', 'instance', 'job', 'é'].filter(() => next() < 0.9);
      return names.flatMap((name) => [name, values[Math.floor(next() ** 3 * 8)] ?? '']);
    });
    const shown = textOf((out) => {
      for (const labels of rows) {
        out.writeLabels(labels);
        out.write('\n');
      }
    });
    const expected = rows.map((labels) => {
      const pairs = labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1]]] : []));
      return `${JSON.stringify(Object.fromEntries(pairs))}\n`;
    });
    expect(shown === expected.join('')).toBe(true);
    expect(shown.length).toBeGreaterThan(CHUNK_BYTES);
  });

  const texts = [
    '',
    'plain',
    'a "quote"',
    'back\\slash',
    'line\nbreak',
    '\u0000\u007f',
    'é測😀',
    '\ud800',
    'x'.repeat(5000),
  ];
  it.each(texts)('quotes %j as JSON does', (text) => {
    const shown = textOf((out) => out.writeQuoted(text));
    expect(shown).toBe(Buffer.from(JSON.stringify(text)).toString('utf8'));
  });
});
