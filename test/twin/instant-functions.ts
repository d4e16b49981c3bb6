import { goMax, goMin, nameless, putLabel, distinct, type Sample, TwinError } from './values.ts';

/** Floats through a function; histograms are left out. */
export function mapFloats(
  samples: readonly Sample[],
  map: (value: number) => number,
): readonly Sample[] {
  return distinct(
    samples.flatMap(({ labels, value }) =>
      typeof value === 'number' ? [{ labels: nameless(labels), value: map(value) }] : [],
    ),
  );
}

export const MATH: Readonly<Record<string, ((value: number) => number) | undefined>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (value) => (value * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  rad: (value) => (value * Math.PI) / 180,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
};

const DAY_MS = 86_400_000;

function dateFunction(compute: (date: Date) => number): (seconds: number) => number {
  return (seconds) => compute(new Date(Math.trunc(seconds) * 1000));
}

/** Of seconds since the epoch. */
export const DATES: Readonly<Record<string, ((seconds: number) => number) | undefined>> = {
  day_of_month: dateFunction((date) => date.getUTCDate()),
  day_of_week: dateFunction((date) => date.getUTCDay()),
  day_of_year: dateFunction((date) => {
    const newYear = new Date(date);
    newYear.setUTCMonth(0, 1);
    newYear.setUTCHours(0, 0, 0, 0);
    return 1 + Math.floor((date.getTime() - newYear.getTime()) / DAY_MS);
  }),
  days_in_month: dateFunction((date) => {
    const next = new Date(date);
    next.setUTCDate(1);
    next.setUTCMonth(date.getUTCMonth() + 1);
    next.setUTCDate(0);
    return next.getUTCDate();
  }),
  hour: dateFunction((date) => date.getUTCHours()),
  minute: dateFunction((date) => date.getUTCMinutes()),
  month: dateFunction((date) => date.getUTCMonth() + 1),
  year: dateFunction((date) => date.getUTCFullYear()),
};

export function clamp(samples: readonly Sample[], least: number, most: number): readonly Sample[] {
  if (most < least) return [];
  return mapFloats(samples, (value) => goMax(least, goMin(most, value)));
}

export function round(samples: readonly Sample[], nearest: number): readonly Sample[] {
  const inverse = 1 / nearest;
  return mapFloats(samples, (value) => Math.floor(value * inverse + 0.5) / inverse);
}

/** The only float; NaN where there is another number of them. */
export function scalarOf(samples: readonly Sample[]): number {
  const floats = samples.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  return floats.length === 1 ? floats[0] : NaN;
}

export function sortedByValue(samples: readonly Sample[], isAscending: boolean): Sample[] {
  const floats = samples.filter(({ value }) => typeof value === 'number');
  const numbers = floats.filter(({ value }) => !Number.isNaN(value));
  const sign = isAscending ? 1 : -1;
  numbers.sort((a, b) => sign * (Number(a.value) - Number(b.value) || 0));
  return [...numbers, ...floats.filter(({ value }) => Number.isNaN(value))];
}

/** Digits in a label count as numbers. */
export function sortedByLabels(
  samples: readonly Sample[],
  names: readonly string[],
  isAscending: boolean,
): Sample[] {
  const sign = isAscending ? 1 : -1;
  return samples.toSorted((a, b) => {
    for (const name of names) {
      const order = naturalOrder(a.labels[name] ?? '', b.labels[name] ?? '');
      if (order !== 0) return sign * order;
    }
    return sign * labelsOrder(a, b);
  });
}

function naturalOrder(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.match(/\d+|\D+/g) ?? []);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    const areNumbers = /\d/.test(x[i]) && /\d/.test(y[i]);
    if (areNumbers && Number(x[i]) !== Number(y[i])) return Number(x[i]) - Number(y[i]);
    if (areNumbers) return x[i].length - y[i].length;
    return x[i] < y[i] ? -1 : 1;
  }
  return x.length - y.length;
}

function labelsOrder(a: Sample, b: Sample): number {
  const [x, y] = [sortedPairs(a), sortedPairs(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return x.length - y.length;
}

function sortedPairs({ labels }: Sample): string[] {
  return Object.entries(labels)
    .toSorted(([x], [y]) => (x < y ? -1 : 1))
    .flat();
}

export function labelReplace(
  samples: readonly Sample[],
  [target, template, source, pattern]: readonly string[],
): readonly Sample[] {
  if (target === '') throw new TwinError('invalid destination label name in label_replace()');
  const regexp = new RegExp(`^(?:${pattern.replaceAll('(?P<', '(?<')})$`, 's');
  const replaced = samples.map((sample) => {
    const match = regexp.exec(sample.labels[source] ?? '');
    if (match === null) return sample;
    const text = template.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, bare?: string, braced?: string) => {
      const name = bare ?? braced ?? '';
      return match[Number(name)] ?? match.groups?.[name] ?? '';
    });
    return { ...sample, labels: putLabel(sample.labels, target, text) };
  });
  return distinct(replaced);
}

export function labelJoin(
  samples: readonly Sample[],
  [target, separator, ...sources]: readonly string[],
): readonly Sample[] {
  if (target === '' || sources.includes('')) throw new TwinError('invalid label name');
  const joined = samples.map((sample) => {
    const text = sources.map((name) => sample.labels[name] ?? '').join(separator);
    return { ...sample, labels: putLabel(sample.labels, target, text) };
  });
  return distinct(joined);
}
