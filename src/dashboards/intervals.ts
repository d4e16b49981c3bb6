const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/** An interval below the first number becomes the second: the steps of Grafana's ladder, in milliseconds. */
const LADDER: readonly (readonly [below: number, intervalMs: number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];
const YEAR_MS = 31_536_000_000;

/** So many points a series the API gives at most. */
export const POINTS_MAX = 11_000;

/** What Grafana takes for the time between two scrapes where nothing is said. */
export const SCRAPE_INTERVAL_DEFAULT_MS = 15_000;

/** Milliseconds of `30s`, `1h30m`, `1.5h`, `>1m`, or of a number, which is in seconds; undefined for anything else. */
export function parseInterval(text: string): number | undefined {
  const trimmed = text.trim().replace(/^>\s*/, '');
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return positive(Number(trimmed) * 1000);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwMy])\s*)+$/.test(trimmed)) return undefined;
  let intervalMs = 0;
  for (const [, number, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)) {
    intervalMs += Number(number) * (UNITS_MS[unit ?? ''] ?? 0);
  }
  return positive(intervalMs);
}

function positive(intervalMs: number): number | undefined {
  return intervalMs > 0 && Number.isFinite(intervalMs) ? intervalMs : undefined;
}

/** In the largest unit of which it is a whole number, as PromQL reads it: `90s`, `2h`, `1d`. At least 1 ms. */
export function formatInterval(intervalMs: number): string {
  const whole = Math.max(1, Math.round(intervalMs));
  for (const unit of ['y', 'd', 'h', 'm', 's']) {
    const unitMs = UNITS_MS[unit] ?? 1;
    if (whole % unitMs === 0) return `${whole / unitMs}${unit}`;
  }
  return `${whole}ms`;
}

/** To a step of Grafana's ladder, so that neighbouring ranges and widths ask for the same. */
export function roundInterval(intervalMs: number): number {
  for (const [below, rounded] of LADDER) {
    if (intervalMs < below) return rounded;
  }
  return YEAR_MS;
}

/** The rounded time between points that show a range in at most about `points`; not less than `minMs`. */
export function calculateInterval(rangeMs: number, points: number, minMs: number): number {
  const rounded = roundInterval(Math.max(0, rangeMs) / Math.max(1, points));
  return Math.max(rounded, minMs);
}

/** Long enough to hold at least four scrapes, and a scrape more than a step. */
export function rateInterval(intervalMs: number, scrapeIntervalMs: number): number {
  return Math.max(intervalMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
}

export interface IntervalRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** How many points can be shown: the panel's pixels, or what it says. */
  readonly points: number;
  /** Of the panel and of the query, variables in them replaced; '' for none. */
  readonly panelMinInterval: string;
  readonly queryMinInterval: string;
  /** Of old files: so many times the step; 1 for none. */
  readonly intervalFactor: number;
  readonly scrapeIntervalMs: number;
  /** How far the zone is ahead of UTC, so that steps of a day begin at its midnights. */
  readonly zoneOffsetMs: number;
}

/** How a query over time is to be asked. */
export interface QueryIntervals {
  /** `$__interval`, which is also the step. */
  readonly intervalMs: number;
  /** `$__rate_interval`. */
  readonly rateIntervalMs: number;
  /** Multiples of the step. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Step, start and end of a range query, and what its interval variables stand for. A query's own
 * minimum counts as the time between scrapes in `$__rate_interval`, as in Grafana.
 */
export function queryIntervals(request: IntervalRequest): QueryIntervals {
  const { fromMs, toMs, points, scrapeIntervalMs } = request;
  const rangeMs = Math.max(0, toMs - fromMs);
  const panelMin = parseInterval(request.panelMinInterval);
  const panelMs = calculateInterval(rangeMs, points, panelMin ?? scrapeIntervalMs);
  const queryMin = parseInterval(request.queryMinInterval);
  const safeMs = roundInterval(rangeMs / POINTS_MAX);
  const wantedMs = Math.max(calculateInterval(rangeMs, points, queryMin ?? panelMs), safeMs);
  const isRate = /^\$(?:__rate_interval|\{__rate_interval\})$/.test(request.queryMinInterval);
  const stepMs = isRate
    ? rateInterval(wantedMs, scrapeIntervalMs)
    : wantedMs * Math.max(1, Math.round(request.intervalFactor));
  const rateMs = isRate ? stepMs : rateInterval(panelMs, queryMin ?? scrapeIntervalMs);
  const wholeMs = fittingStep(Math.round(stepMs), rangeMs);
  return {
    intervalMs: wholeMs,
    rateIntervalMs: Math.round(rateMs),
    startMs: alignDown(fromMs, wholeMs, request.zoneOffsetMs),
    endMs: alignDown(toMs, wholeMs, request.zoneOffsetMs),
  };
}

/** The ladder rounds down too; the API refuses a series of more than POINTS_MAX points. */
function fittingStep(stepMs: number, rangeMs: number): number {
  const least = Math.ceil(rangeMs / (POINTS_MAX - 1));
  return Math.max(1, stepMs >= least ? stepMs : Math.ceil(least / 1000) * 1000);
}

function alignDown(timeMs: number, stepMs: number, offsetMs: number): number {
  return Math.floor((timeMs + offsetMs) / stepMs) * stepMs - offsetMs;
}
