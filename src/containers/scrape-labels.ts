import { parseDuration } from '#model';

/** What a container's labels say about its own metrics. */
export interface ScrapeLabels {
  /** Undefined: they say nothing. */
  readonly scrape: boolean | undefined;
  /** Ascending as written; empty: not said. */
  readonly ports: readonly number[];
  /** Begins with a slash, may have a query; '': not said. */
  readonly path: string;
  readonly scheme: 'http' | 'https' | '';
  /** 0: not said. */
  readonly intervalMs: number;
  /** '': not said. */
  readonly job: string;
  /** The label that decides whether it is scraped, as written: `narthex.scrape="false"`; '' where none does. */
  readonly decidedBy: string;
  /** What could not be read, in sentences. */
  readonly problems: readonly string[];
}

type Setting = 'scrape' | 'port' | 'path' | 'scheme' | 'interval' | 'job';

/** Prefixes of the conventions that are found in the wild, ours first; the first that says something counts. */
const PREFIXES = ['narthex.', 'prometheus.io/', 'prometheus.', 'prometheus.io.', 'io.prometheus.'];

/** Forms beside `<prefix><setting>`. */
const OTHER_FORMS: Readonly<Record<Setting, readonly string[]>> = {
  scrape: ['narthex.enable', 'prometheus.enable', 'prometheus-scrape.enabled'],
  port: ['prometheus-scrape.port', 'prometheus-port'],
  path: ['prometheus.metrics_path', 'prometheus-scrape.metrics_path', 'prometheus-path'],
  scheme: ['prometheus-scrape.scheme'],
  interval: [],
  job: ['prometheus-scrape.job_name', 'prometheus-job'],
};

/** More ports than that are not scraped. */
const PORTS_MAX = 16;
const TEXT_LENGTH_MAX = 1024;
const YES = /^(?:true|1|yes|y|on|t)$/i;
const NO = /^(?:false|0|no|n|off|f)$/i;
/** As short as an interval may be made by a label: one second. */
const INTERVAL_MIN_MS = 1000;

interface Found {
  readonly label: string;
  readonly value: string;
  /** It is a label of the container's Swarm service. */
  readonly isOfService: boolean;
}

type Labels = Readonly<Record<string, string>>;

/** What is said about one container. */
interface Said {
  readonly own: Labels;
  readonly ofService: Labels;
}

/**
 * Of the same label that of the container counts before that of its service. Never throws: what cannot be read is said
 * in `problems` and counts as not said.
 */
export function readScrapeLabels(own: Labels, ofService: Labels = {}): ScrapeLabels {
  const labels: Said = { own, ofService };
  const problems: string[] = [];
  const scrape = find(labels, 'scrape');
  const port = find(labels, 'port');
  const wanted = scrape && readSwitch(scrape, problems);
  const ports = port === undefined ? [] : readPorts(port, problems);
  const decider = wanted === undefined ? (ports.length > 0 ? port : undefined) : scrape;
  return {
    scrape: wanted,
    ports,
    path: readPath(find(labels, 'path'), problems),
    scheme: readScheme(find(labels, 'scheme'), problems),
    intervalMs: readInterval(find(labels, 'interval'), problems),
    job: (find(labels, 'job')?.value ?? '').slice(0, TEXT_LENGTH_MAX),
    decidedBy: decider === undefined ? '' : shown(decider),
    problems,
  };
}

/** All labels that are read for a setting, in the order in which they count. */
export function labelForms(setting: Setting): readonly string[] {
  return [...PREFIXES.map((prefix) => `${prefix}${setting}`), ...OTHER_FORMS[setting]];
}

const SETTINGS: readonly Setting[] = ['scrape', 'port', 'path', 'scheme', 'interval', 'job'];
const ALL_FORMS: ReadonlySet<string> = new Set(SETTINGS.flatMap((setting) => labelForms(setting)));

/** It says something about scraping, in any of the conventions. */
export function isScrapeLabel(name: string): boolean {
  return ALL_FORMS.has(name);
}

function find({ own, ofService }: Said, setting: Setting): Found | undefined {
  for (const label of labelForms(setting)) {
    const ownValue = valueOf(own, label);
    const value = ownValue || valueOf(ofService, label);
    if (value !== '') return { label, value, isOfService: ownValue === '' };
  }
  return undefined;
}

function valueOf(labels: Labels, label: string): string {
  return Object.hasOwn(labels, label) ? (labels[label]?.trim() ?? '') : '';
}

function shown({ label, value, isOfService }: Found): string {
  const text = `${label}=${JSON.stringify(value.slice(0, TEXT_LENGTH_MAX))}`;
  return isOfService ? `${text} of its service` : text;
}

function readSwitch(found: Found, problems: string[]): boolean | undefined {
  if (YES.test(found.value)) return true;
  if (NO.test(found.value)) return false;
  problems.push(`cannot read ${shown(found)}: write true or false`);
  return undefined;
}

function readPorts(found: Found, problems: string[]): readonly number[] {
  const ports = new Set<number>();
  for (const word of found.value.split(',')) {
    const text = word.trim().replace(/\/tcp$/, '');
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) {
      problems.push(`cannot read ${shown(found)}: write a port, or several with commas`);
      return [];
    }
    ports.add(port);
  }
  if (ports.size > PORTS_MAX) {
    problems.push(`${shown(found)} names ${ports.size} ports: the first ${PORTS_MAX} are scraped`);
  }
  return [...ports].slice(0, PORTS_MAX);
}

function readPath(found: Found | undefined, problems: string[]): string {
  if (found === undefined) return '';
  if (found.value.length > TEXT_LENGTH_MAX || /[\s#]/.test(found.value)) {
    problems.push(`cannot read ${shown(found)}: write a path, such as /metrics`);
    return '';
  }
  return found.value.startsWith('/') ? found.value : `/${found.value}`;
}

function readScheme(found: Found | undefined, problems: string[]): ScrapeLabels['scheme'] {
  if (found === undefined) return '';
  const value = found.value.toLowerCase();
  if (value === 'http' || value === 'https') return value;
  problems.push(`cannot read ${shown(found)}: write http or https`);
  return '';
}

function readInterval(found: Found | undefined, problems: string[]): number {
  if (found === undefined) return 0;
  try {
    const intervalMs = parseDuration(found.value);
    if (intervalMs >= INTERVAL_MIN_MS) return intervalMs;
  } catch {
    // Said below.
  }
  problems.push(`cannot read ${shown(found)}: write a duration of 1s or more, such as 15s`);
  return 0;
}
