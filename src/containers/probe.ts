import { chooseFormat } from '#exposition';
import { HttpClientError } from '#platform';
import type { HttpClient, HttpResponse } from '#platform';
import { checkPage } from './page-check.ts';

/** What came of asking one port of a container for metrics. */
export type PortFinding =
  | { readonly kind: 'metrics'; readonly address: string; readonly path: string }
  /** Somebody answered, but not with metrics. */
  | { readonly kind: 'other'; readonly address: string; readonly answer: string }
  /** Nobody answers, perhaps not yet. */
  | { readonly kind: 'silent'; readonly reason: string };

export interface PortQuestion {
  /** `host:port`, the best first. */
  readonly addresses: readonly string[];
  readonly paths: readonly string[];
  readonly scheme: 'http' | 'https';
}

export interface Asker {
  readonly client: HttpClient;
  readonly userAgent: string;
  /** Called after each request. */
  readonly onRequest: (outcome: 'metrics' | 'other' | 'silent') => void;
}

/** Where applications say what they measure, the most usual first. */
export const USUAL_PATHS: readonly string[] = [
  '/metrics',
  '/actuator/prometheus',
  '/q/metrics',
  '/stats/prometheus',
  '/_prometheus/metrics',
  '/api/metrics',
];

/**
 * Ports of databases, brokers and shells that speak no HTTP: a request there would only fill their logs. They are
 * asked where a label names them.
 */
export const SILENT_PORTS: ReadonlySet<number> = new Set([
  20, 21, 22, 23, 25, 53, 110, 111, 123, 139, 143, 389, 445, 465, 514, 587, 636, 873, 993, 995,
  1414, 1433, 1521, 1883, 2049, 2181, 2380, 2888, 3306, 3389, 3888, 4222, 4369, 5432, 5433, 5671,
  5672, 5900, 6222, 6379, 6380, 7000, 7001, 7199, 8883, 9042, 9092, 9094, 9160, 9300, 11211, 16379,
  25672, 26257, 26379, 27017, 27018, 27019, 33060, 33061, 50000, 61613, 61616,
]);

/** What one request may take. */
const REQUEST_TIMEOUT_MS = 2000;
/** A larger page is not read: 16 MiB. */
const PAGE_BYTES_MAX = 2 ** 24;

/**
 * Asks for metrics, one request after the other: at the first address where somebody answers, for one path after
 * the other. Never rejects, but for a bug.
 */
export async function askPort(
  question: PortQuestion,
  asker: Asker,
  signal: AbortSignal,
): Promise<PortFinding> {
  const reasons: string[] = [];
  for (const address of question.addresses) {
    const finding = await askAddress({ ...question, address }, asker, signal);
    if (finding.kind !== 'silent') return finding;
    reasons.push(`${address}: ${finding.reason}`);
    if (signal.aborted) break;
  }
  return { kind: 'silent', reason: reasons.join('; ') };
}

interface AddressQuestion extends PortQuestion {
  readonly address: string;
}

async function askAddress(
  { address, paths, scheme }: AddressQuestion,
  asker: Asker,
  signal: AbortSignal,
): Promise<PortFinding> {
  let best: string | undefined;
  const waiting = [...paths];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const answer = await ask(`${scheme}://${address}${path}`, asker, signal);
    asker.onRequest(answer.kind);
    if (answer.kind === 'metrics') return { kind: 'metrics', address, path };
    if (answer.kind === 'silent') {
      // Who has answered before is there.
      return best === undefined ? answer : { kind: 'other', address, answer: best };
    }
    best ??= `${path}: ${answer.text}`;
    // Frameworks that mount a page at a path send those who leave out the slash there.
    if (answer.isRedirect && !path.endsWith('/')) waiting.unshift(`${path}/`);
    if (answer.isForeign) break;
  }
  return { kind: 'other', address, answer: best ?? 'no path was asked' };
}

interface OtherAnswer {
  readonly kind: 'other';
  readonly text: string;
  readonly isRedirect: boolean;
  /** It speaks another language than HTTP; other paths are no use. */
  readonly isForeign: boolean;
}

type PathAnswer =
  | { readonly kind: 'metrics' }
  | OtherAnswer
  | { readonly kind: 'silent'; readonly reason: string };

async function ask(url: string, asker: Asker, signal: AbortSignal): Promise<PathAnswer> {
  try {
    const response = await asker.client.fetch({
      url,
      headers: { Accept: ACCEPT, 'User-Agent': asker.userAgent },
      timeoutMs: REQUEST_TIMEOUT_MS,
      bodyBytesMax: PAGE_BYTES_MAX,
      signal,
    });
    return judge(response);
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    if (error.code === 'body-size-limit') return other('a page larger than 16 MiB');
    const reason = lastReason(error.message);
    if (reason.includes('malformed')) return { ...other('no HTTP'), isForeign: true };
    return { kind: 'silent', reason };
  }
}

/** Text only: what a person could read, too. */
const ACCEPT =
  'application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.7,*/*;q=0.1';

/** Answers that say "not yet". */
const STARTING_STATUS = new Set([502, 503, 504]);

function judge(response: HttpResponse): PathAnswer {
  const { status, statusText } = response;
  if (STARTING_STATUS.has(status)) return { kind: 'silent', reason: `it answers ${statusText}` };
  const isRedirect = status >= 300 && status <= 399;
  if (status !== 200) return { ...other(statusText), isRedirect };
  const problem = pageProblem(response.body, response.contentType);
  return problem === undefined ? { kind: 'metrics' } : other(problem);
}

function other(text: string): OtherAnswer {
  return { kind: 'other', text, isRedirect: false, isForeign: false };
}

/** Undefined: the page is an exposition with one sample or more. */
export function pageProblem(page: Uint8Array, contentType: string): string | undefined {
  const { format } = chooseFormat(contentType, 'PrometheusText0.0.4');
  const type = contentType.split(';', 1)[0]?.trim() ?? '';
  if (format === undefined || /^text\/html$|json|xml/i.test(type)) return `it is ${type}`;
  const { samples, error } = checkPage(page, format);
  if (error !== undefined) {
    return `line ${error.line} is not an exposition of metrics (${error.message})`;
  }
  return samples > 0 ? undefined : 'a page without samples';
}

/** Go's words begin with the request, which is known: only the reason is left. */
function lastReason(text: string): string {
  const at = text.lastIndexOf('": ');
  return at < 0 ? text : text.slice(at + 3);
}
