import { createHash } from 'node:crypto';
import {
  applyRelabel,
  formatDuration,
  labelsKey,
  labelsFromPairs,
  labelValue,
  parseDuration,
} from '#model';
import type { Labels } from '#model';
import type { ScrapeConfig, TargetGroup } from '#config';

/** What is scraped: an address with the labels that its samples get. */
export interface Target {
  /** After relabelling, `__address__` and its like included. */
  readonly labels: Labels;
  /** Without those that begin with `__`: what each sample gets. */
  readonly publicLabels: Labels;
  /** Before relabelling. */
  readonly discoveredLabels: Labels;
  readonly url: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Equal for what is the same target; never shown. */
  readonly key: string;
}

export interface GroupTargets {
  readonly targets: readonly Target[];
  /** Discovered labels of those that relabelling dropped. */
  readonly dropped: readonly Labels[];
  /** Why labels made no target, one each. */
  readonly failures: readonly string[];
}

/** Prometheus: scrape/target.go, TargetsFromGroup. */
export function targetsFromGroup(group: TargetGroup, config: ScrapeConfig): GroupTargets {
  const targets: Target[] = [];
  const dropped: Labels[] = [];
  const failures: string[] = [];
  for (const [index, own] of group.targets.entries()) {
    const discoveredLabels = discoverLabels(own, group.labels, config);
    const result = targetFromLabels(discoveredLabels, config);
    if (result === undefined) dropped.push(discoveredLabels);
    else if (typeof result === 'string') {
      failures.push(`instance ${index} in group ${group.source}: ${result}`);
    } else targets.push(result);
  }
  return { targets, dropped, failures };
}

/** What discovery found, with the configuration's settings as labels where it set none. */
export function discoverLabels(own: Labels, ofGroup: Labels, config: ScrapeConfig): Labels {
  const pairs = new Map<string, string>();
  // Lowest precedence first; an empty value of a target hides its group's and gives way to a setting.
  for (let i = 0; i < ofGroup.length; i += 2) pairs.set(ofGroup[i] ?? '', ofGroup[i + 1] ?? '');
  for (let i = 0; i < own.length; i += 2) pairs.set(own[i] ?? '', own[i + 1] ?? '');
  for (const [name, value] of settingLabels(config)) {
    if ((pairs.get(name) ?? '') === '') pairs.set(name, value);
  }
  for (const [name, values] of Object.entries(config.params)) {
    const [first] = values;
    if (first !== undefined) pairs.set(`__param_${name}`, first);
  }
  return labelsFromPairs(pairs);
}

function settingLabels(config: ScrapeConfig): readonly (readonly [string, string])[] {
  return [
    ['job', config.jobName],
    ['__scrape_interval__', formatDuration(config.scrapeIntervalMs)],
    ['__scrape_timeout__', formatDuration(config.scrapeTimeoutMs)],
    ['__metrics_path__', config.metricsPath],
    ['__scheme__', config.scheme],
    ['__scrape_native_histograms__', String(config.scrapeNativeHistograms)],
    ['__always_scrape_classic_histograms__', String(config.alwaysScrapeClassicHistograms)],
    ['__convert_classic_histograms_to_nhcb__', String(config.convertClassicHistogramsToNhcb)],
  ];
}

/** The target, or undefined where relabelling drops it, or why the labels make none. */
export function targetFromLabels(
  discoveredLabels: Labels,
  config: ScrapeConfig,
): Target | string | undefined {
  const relabelled = applyRelabel(config.relabelRules, discoveredLabels);
  if (relabelled === undefined || relabelled.length === 0) return undefined;
  const address = labelValue(relabelled, '__address__');
  if (address === '') return 'no address';
  if (address.includes('/')) return `${JSON.stringify(address)} is not a valid hostname`;
  const times = readTimes(relabelled);
  if (typeof times === 'string') return times;
  const problem = checkSwitches(relabelled);
  if (problem !== undefined) return problem;
  const labels = finalLabels(relabelled, address);
  for (let i = 0; i < labels.length; i += 2) {
    if (HALF_PAIR.test(labels[i + 1] ?? '')) {
      return `invalid label value for ${JSON.stringify(labels[i])}: ${quoteBytes(labels[i + 1] ?? '')}`;
    }
  }
  const url = targetUrl(labels, config.params);
  return {
    labels,
    publicLabels: labels.filter((_, i) => !(labels[i - (i % 2)] ?? '').startsWith('__')),
    discoveredLabels,
    url,
    ...times,
    key: `${labelsKey(labels)}\n${url}`,
  };
}

function readTimes(labels: Labels): { intervalMs: number; timeoutMs: number } | string {
  const interval = labelValue(labels, '__scrape_interval__');
  const intervalMs = durationOf(interval);
  if (typeof intervalMs === 'string') return `error parsing scrape interval: ${intervalMs}`;
  if (intervalMs === 0) return 'scrape interval cannot be 0';
  const timeout = labelValue(labels, '__scrape_timeout__');
  const timeoutMs = durationOf(timeout);
  if (typeof timeoutMs === 'string') return `error parsing scrape timeout: ${timeoutMs}`;
  if (timeoutMs === 0) return 'scrape timeout cannot be 0';
  if (timeoutMs > intervalMs) {
    const quoted = `${JSON.stringify(timeout)} > ${JSON.stringify(interval)}`;
    return `scrape timeout cannot be greater than scrape interval (${quoted})`;
  }
  return { intervalMs, timeoutMs };
}

function durationOf(text: string): number | string {
  try {
    return parseDuration(text);
  } catch (error) {
    return (error as Error).message;
  }
}

const SWITCHES = [
  ['__scrape_native_histograms__', 'scrape native histograms'],
  ['__always_scrape_classic_histograms__', 'always scrape classic histograms'],
  ['__convert_classic_histograms_to_nhcb__', 'convert classic histograms to nhcb'],
] as const;

/** Settings of a scrape config that relabelling may change for each target. */
export type SwitchLabel = (typeof SWITCHES)[number][0];

/** The words that Go's strconv.ParseBool takes. */
const TRUE_OR_FALSE = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

function checkSwitches(labels: Labels): string | undefined {
  for (const [name, words] of SWITCHES) {
    const value = labelValue(labels, name);
    if (value === '' || TRUE_OR_FALSE.test(value)) continue;
    const reason = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
    return `error parsing ${words}: ${reason}`;
  }
  return undefined;
}

/** Whether a label that stands for a setting says yes. */
export function isSwitchedOn(target: Target, name: SwitchLabel): boolean {
  return /^(?:1|t)/i.test(labelValue(target.labels, name));
}

/** Without `__meta_*`, and with an instance. */
function finalLabels(labels: Labels, address: string): Labels {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (!name.startsWith('__meta_')) pairs.push([name, labels[i + 1] ?? '']);
  }
  if (labelValue(labels, 'instance') === '') pairs.push(['instance', address]);
  return labelsFromPairs(pairs);
}

const HALF_PAIR = /\p{Surrogate}/u;

/** Quoted, with a byte that is not UTF-8 (U+DC80 and up stand for them) as Go writes it: `\xbd`. */
function quoteBytes(text: string): string {
  const escaped = /\\ud[c-f]([0-9a-f]{2})/g;
  return JSON.stringify(text).replaceAll(escaped, (_, digits: string) => `\\x${digits}`);
}

function targetUrl(labels: Labels, params: ScrapeConfig['params']): string {
  const values = new Map<string, string[]>();
  for (const [name, given] of Object.entries(params)) values.set(name, [...given]);
  for (let i = 0; i < labels.length; i += 2) {
    const label = labels[i] ?? '';
    if (!label.startsWith('__param_')) continue;
    const name = label.slice('__param_'.length);
    values.set(name, [labels[i + 1] ?? '', ...(values.get(name) ?? []).slice(1)]);
  }
  const scheme = labelValue(labels, '__scheme__');
  const path = labelValue(labels, '__metrics_path__');
  const query = encodeQuery(values);
  const slash = path === '' || path.startsWith('/') ? '' : '/';
  const place = `${labelValue(labels, '__address__')}${slash}${escapePath(path)}`;
  return `${scheme}://${place}${query === '' ? '' : `?${query}`}`;
}

/** Sorted by name, as Go's url.Values.Encode. */
function encodeQuery(values: ReadonlyMap<string, readonly string[]>): string {
  const query = new URLSearchParams();
  for (const name of [...values.keys()].toSorted()) {
    for (const value of values.get(name) ?? []) query.append(name, value);
  }
  return query.toString();
}

function escapePath(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9\-._~/!$&'()*+,;=:@]+/g, (part) => encodeURIComponent(part));
}

/**
 * When in its interval a target is scraped, milliseconds from 0 to interval - 1. The targets of one
 * server spread evenly, and two servers with the same targets ask at different times.
 */
export function targetOffsetMs(target: Target, server: string): number {
  const digest = createHash('sha256').update(server).update('\n').update(target.key).digest();
  return digest.readUIntBE(0, 6) % target.intervalMs;
}
