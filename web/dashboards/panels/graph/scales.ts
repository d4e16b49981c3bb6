import type { FieldSettings } from '#dashboards';

/** A value axis and its scale: series of one unit and the same limits share it. */
export interface ScalePlan {
  readonly key: string;
  readonly side: 'left' | 'right' | 'hidden';
  /** Of the first series on it, for the texts of ticks. */
  readonly settings: FieldSettings;
  /** Areas and bars need their ground; a stack in percent has its top. */
  readonly hasGround: boolean;
  readonly isPercent: boolean;
}

export interface ScalePlans {
  readonly scales: readonly ScalePlan[];
  /** The scale of each series. */
  readonly indexes: readonly number[];
}

/** Axes of a graph; left and right are filled in turn from what asks for neither. */
export function planScales(settings: readonly FieldSettings[]): ScalePlans {
  const scales: ScalePlan[] = [];
  const places = new Map<string, number>();
  const indexes = settings.map((one) => {
    const key = scaleKey(one);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, scales.length);
      scales.push(planOf(one, scales));
      return scales.length - 1;
    }
    const plan = scales[place];
    if (plan !== undefined && needsGround(one)) scales[place] = { ...plan, hasGround: true };
    return place;
  });
  return { scales, indexes };
}

function planOf(settings: FieldSettings, before: readonly ScalePlan[]): ScalePlan {
  const { placement } = settings.style.axis;
  const isFirst = before.every(({ side }) => side !== 'left');
  const side = placement === 'auto' ? (isFirst ? 'left' : 'right') : placement;
  return {
    key: `y${before.length}`,
    side,
    settings,
    hasGround: needsGround(settings),
    isPercent: settings.style.stacking.mode === 'percent',
  };
}

function needsGround({ style }: FieldSettings): boolean {
  return style.draw === 'bars' || style.stacking.mode !== 'none';
}

function scaleKey({ unit, min, max, style }: FieldSettings): string {
  const { placement, label, softMin, softMax, isCentredZero } = style.axis;
  const isPercent = style.stacking.mode === 'percent';
  const limits = [min, max, softMin, softMax].map((limit) => limit ?? null);
  return JSON.stringify([unit, placement, label, limits, isCentredZero, style.logBase, isPercent]);
}

/** Part of the span that is left free above and below. */
const MARGIN = 0.1;

/** The bounds of a scale for data from `low` to `high`; null where there are none. */
export function scaleRange(
  low: number | null,
  high: number | null,
  plan: ScalePlan,
): [min: number, max: number] {
  const { min, max, style } = plan.settings;
  if (style.logBase !== 0) return logRange(low, high, plan.settings);
  const { floor, ceiling } = softLimits(plan);
  const dataLow = low ?? Math.min(0, floor ?? 0);
  const dataHigh = high ?? Math.max(dataLow, ceiling ?? 0);
  const isOnFloor = floor !== undefined && floor <= dataLow;
  const isBelowCeiling = ceiling !== undefined && ceiling >= dataHigh - ROUNDING;
  const [from, to] = widen(isOnFloor ? floor : dataLow, isBelowCeiling ? ceiling : dataHigh);
  const start = min ?? (isOnFloor ? floor : from);
  const end = max ?? (isBelowCeiling && ceiling > start ? ceiling : to);
  const reach = Math.max(Math.abs(start), Math.abs(end), Number.MIN_VALUE);
  if (style.axis.isCentredZero) return [-reach, reach];
  return end > start ? [start, end] : [start, start + 1];
}

/** The sum of shares is not quite one. */
const ROUNDING = 1e-9;

function softLimits({ settings, hasGround, isPercent }: ScalePlan): {
  readonly floor: number | undefined;
  readonly ceiling: number | undefined;
} {
  const { softMin, softMax } = settings.style.axis;
  const ground = hasGround ? 0 : undefined;
  return { floor: softMin ?? ground, ceiling: softMax ?? (isPercent ? 1 : ground) };
}

/** With a margin, to round numbers; data near zero starts at it. */
function widen(low: number, high: number): [from: number, to: number] {
  if (low === high) {
    if (low === 0) return [0, 1];
    return low > 0 ? [0, low * 2] : [low * 2, 0];
  }
  const margin = (high - low) * MARGIN;
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 1);
  const from = Math.floor((low - margin) / step) * step;
  const to = Math.ceil((high + margin) / step) * step;
  return [low >= 0 && from < 0 ? 0 : from, high <= 0 && to > 0 ? 0 : to];
}

/** Outwards to whole powers, within a given limit that is above zero. */
function logRange(
  low: number | null,
  high: number | null,
  { min, max, style }: FieldSettings,
): [min: number, max: number] {
  const base = style.logBase;
  const lowest = positive(min) ?? positive(low ?? undefined) ?? 1;
  const highest = positive(max) ?? Math.max(high ?? base, lowest);
  const from = positive(min) ?? base ** Math.floor(logOf(lowest, base));
  const to = positive(max) ?? base ** Math.ceil(logOf(highest, base));
  return to > from ? [from, to] : [from, from * base];
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Rounded, so that the logarithm of 1000 is 3. */
function logOf(value: number, base: number): number {
  return Number((Math.log(value) / Math.log(base)).toFixed(9));
}

const BYTE_UNITS = new Set(['bytes', 'bits', 'kbytes', 'mbytes', 'gbytes', 'tbytes', 'pbytes']);
const BINARY_RATES = new Set(['binBps', 'binbps', 'KiBs', 'Kibits', 'MiBs', 'Mibits', 'GiBs']);
const SECOND_STEPS = [1, 2, 5, 10, 15, 30].flatMap((step) => [step, step * 60]);
const DAY_STEPS = [3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];
const TIME_STEPS = [...new Set([...SECOND_STEPS, ...DAY_STEPS, 31_536_000])].toSorted(
  (a, b) => a - b,
);

/** Distances between ticks to choose from, ascending; undefined for round decimal ones. */
export function tickSteps(unit: string): number[] | undefined {
  if (BYTE_UNITS.has(unit) || BINARY_RATES.has(unit)) return BINARY_STEPS;
  if (unit === 's' || unit === 'dtdurations') return [...SUB_STEPS, ...TIME_STEPS];
  if (unit === 'ms' || unit === 'dtdurationms') {
    return [...SUB_STEPS, ...decimalSteps(0, 3), ...TIME_STEPS.map((step) => step * 1000)];
  }
  return undefined;
}

/** 1, 2, 5 and their tenfolds. */
function decimalSteps(from: number, to: number): number[] {
  const steps: number[] = [];
  for (let power = from; power < to; power++) {
    for (const factor of [1, 2, 5]) steps.push(Number(`${factor}e${power}`));
  }
  return steps;
}

const SUB_STEPS: readonly number[] = decimalSteps(-9, 0);
const BINARY_STEPS: number[] = [
  ...decimalSteps(-6, 0),
  ...Array.from({ length: 62 }, (_, power) => 2 ** power),
];

const TICK_DECIMALS_MAX = 6;

/** As few decimals as show each tick where it is; more than that would be noise. */
export function tickTexts(
  ticks: readonly number[],
  format: (value: number, decimals: number) => string,
): string[] {
  for (let decimals = 0; decimals < TICK_DECIMALS_MAX; decimals++) {
    const texts = ticks.map((tick) => format(tick, decimals));
    const finer = ticks.map((tick) => format(tick, decimals + 2));
    if (texts.every((text, i) => isSameNumber(text, finer[i] ?? ''))) return texts;
  }
  return ticks.map((tick) => format(tick, TICK_DECIMALS_MAX));
}

function isSameNumber(text: string, finer: string): boolean {
  const a = readNumber(text);
  const b = readNumber(finer);
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)) || Number.isNaN(a);
}

function readNumber(text: string): number {
  return Number(/-?\d[\d,]*(?:\.\d+)?/.exec(text)?.[0].replaceAll(',', '') ?? 'NaN');
}
