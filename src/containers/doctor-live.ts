import type { ScrapeConfig } from '#config';
import { chooseFormat } from '#exposition';
import { errorText } from '#platform';
import type { HttpClient, HttpResponse } from '#platform';
import type { Container } from './container.ts';
import type { DoctorOptions } from './doctor.ts';
import {
  contentTypeAdvice,
  statusAdvice,
  unansweredAdvice,
  unreachedAdvice,
} from './doctor-words.ts';
import { counted } from './examination.ts';
import type { Examination } from './examination.ts';
import { checkPage } from './page-check.ts';
import { splitUrl } from './scraped-target.ts';
import type { ScrapedTarget } from './scraped-target.ts';

const CONNECT_TIMEOUT_MS = 3000;
const ANSWER_TIMEOUT_MS = 5000;
/** A larger page is not looked at: 64 MiB. */
const PAGE_BYTES_MAX = 2 ** 26;
/** Characters of a line that are shown. */
const LINE_LENGTH_MAX = 300;

interface Reached {
  readonly container: Container;
  readonly target: ScrapedTarget;
  readonly config: ScrapeConfig;
}

/** Connects to the very address of the target, and to no other. */
export async function reach(
  examination: Examination,
  { container, target, config }: Reached,
  { connect, listening, clock }: Pick<DoctorOptions, 'connect' | 'listening' | 'clock'>,
): Promise<void> {
  const place = splitUrl(target.scrapeUrl);
  if (place === undefined) {
    examination.fail(
      'reachable',
      `${target.scrapeUrl} is no address`,
      'Look at the relabelling of the job.',
    );
    return;
  }
  const address = new URL(target.scrapeUrl).host;
  const { proxy } = config.httpClient;
  if (proxy.proxyUrl !== undefined || proxy.proxyFromEnvironment) {
    examination.ok('reachable', `${address} is asked through a proxy`);
    return;
  }
  const startedMs = clock.monotonicMs();
  try {
    await connect({ host: place.host, port: Number(place.port) }, CONNECT_TIMEOUT_MS);
    const tookMs = Math.round(clock.monotonicMs() - startedMs);
    examination.ok('reachable', `connected to ${address} in ${tookMs} ms`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const sockets = container.pid > 0 ? await listening(container.pid) : undefined;
    const port = insidePort(container, target, place);
    const advice = unreachedAdvice({ container, address, port, reason, listening: sockets });
    const details = (sockets ?? []).map((one) => ({
      title: `port ${one.port}`,
      text: one.isLoopback ? 'a program listens on the loopback address' : 'a program listens',
    }));
    examination.fail('reachable', `cannot connect to ${address}: ${reason}`, advice, details);
  }
}

/** The port as the container has it, where the target has the one that is published for it. */
function insidePort(
  { publishedPorts, addresses }: Container,
  { discoveredLabels }: ScrapedTarget,
  place: { readonly host: string; readonly port: string },
): number {
  const port = Number(place.port);
  const told = Number(discoveredLabels['__meta_docker_port_private'] ?? '');
  if (addresses.some(({ ip }) => ip === place.host)) return port;
  return publishedPorts.find(({ hostPort }) => hostPort === port)?.port ?? (told || port);
}

interface Asked {
  readonly target: ScrapedTarget;
  readonly config: ScrapeConfig;
  readonly client: HttpClient;
}

/** Asks the target once, as a scrape does, and reads what it answers. */
export async function checkPageOf(
  examination: Examination,
  { target, config, client }: Asked,
  { userAgent, clock }: Pick<DoctorOptions, 'userAgent' | 'clock'>,
): Promise<void> {
  const startedMs = clock.monotonicMs();
  let response: HttpResponse;
  try {
    response = await client.fetch({
      url: target.scrapeUrl,
      headers: { Accept: ACCEPT, 'User-Agent': userAgent },
      timeoutMs: ANSWER_TIMEOUT_MS,
      bodyBytesMax: PAGE_BYTES_MAX,
    });
  } catch (error) {
    const reason = errorText(error);
    examination.fail('answered', reason, unansweredAdvice(reason));
    return;
  }
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  const { status, statusText, contentType, body } = response;
  const { pathname } = new URL(target.scrapeUrl);
  const finding = `${statusText}, ${contentType || 'no content type'}, ${body.length} bytes in ${tookMs} ms`;
  const details = [{ title: 'address', text: target.scrapeUrl }];
  if (status === 200) {
    examination.ok('answered', finding, details);
    checkParsed(examination, response, { config, pathname });
  } else {
    examination.fail('answered', finding, statusAdvice(status, pathname), details);
  }
}

const ACCEPT =
  'application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.7,*/*;q=0.1';

function checkParsed(
  examination: Examination,
  { body, contentType }: HttpResponse,
  { config, pathname }: { readonly config: ScrapeConfig; readonly pathname: string },
): void {
  const { format, message = '' } = chooseFormat(contentType, config.fallbackScrapeProtocol);
  if (format === undefined) {
    examination.fail('parsed', message, contentTypeAdvice(contentType, pathname));
    return;
  }
  const { samples, error } = checkPage(body, format);
  if (error !== undefined) {
    const finding = `line ${error.line}, column ${error.column}: ${error.message}`;
    const isPage = /html/.test(contentType);
    const advice = isPage
      ? contentTypeAdvice(contentType, pathname)
      : `Line ${error.line} of the page is not valid (column ${error.column}); nothing of the page is kept until the application writes it right.`;
    const details = [{ title: `line ${error.line}`, text: lineAt(body, error.line) }];
    examination.fail('parsed', finding, advice, details);
  } else if (samples === 0) {
    examination.warn(
      'parsed',
      'the page has no samples',
      'Its page is valid, but has no samples yet.',
    );
  } else {
    examination.ok('parsed', `${counted(samples, 'sample')}, ${format} format`);
  }
}

function lineAt(body: Uint8Array, line: number): string {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = body.indexOf(10, start);
    if (end < 0) return '';
    start = end + 1;
  }
  const end = body.indexOf(10, start);
  const bytes = body.subarray(start, end < 0 ? body.length : end);
  return new TextDecoder().decode(bytes.subarray(0, LINE_LENGTH_MAX));
}

/** What became of the last scrape's samples. */
export function checkKept(
  examination: Examination,
  at: { readonly target: ScrapedTarget; readonly config: ScrapeConfig; readonly nowMs: number },
): void {
  const { target, config, nowMs } = at;
  const { lastError, lastPage, lastScrapeMs, scrapeInterval } = target;
  const { scraped, afterRelabelling, duplicates, outOfOrder, outOfBounds } = lastPage;
  const agoS = Math.max(0, Math.round((nowMs - lastScrapeMs) / 1000));
  if (lastScrapeMs === 0) {
    const advice = `It was not scraped yet: wait ${scrapeInterval}.`;
    examination.warn('kept', 'it was not scraped yet', advice);
  } else if (lastError !== '') {
    examination.fail(
      'kept',
      `the last scrape, ${agoS} s ago, failed: ${lastError}`,
      errorAdvice(lastError),
    );
  } else if (scraped > 0 && afterRelabelling === 0) {
    const rules = counted(config.metricRelabelRules.length, 'rule');
    examination.fail(
      'kept',
      `metric_relabel_configs dropped all of ${counted(scraped, 'sample')}`,
      `metric_relabel_configs (${rules}) leaves nothing of the page.`,
    );
  } else if (duplicates + outOfOrder + outOfBounds > 0) {
    const finding = `of ${afterRelabelling} samples ${duplicates} came twice, ${outOfOrder} out of order, ${outOfBounds} too old or too new`;
    examination.warn(
      'kept',
      finding,
      'Some samples are refused: the page names series twice, or sets timestamps of its own.',
    );
  } else {
    examination.ok('kept', `${afterRelabelling} of ${counted(scraped, 'sample')}, ${agoS} s ago`);
  }
}

function errorAdvice(error: string): string {
  if (error.includes('sample limit')) {
    return 'The page has more samples than sample_limit of the job: raise it, or drop series in the application.';
  }
  if (error.includes('body size')) {
    return 'The page is larger than body_size_limit of the job: raise it, or drop series in the application.';
  }
  if (error.includes('target_limit'))
    return 'The job has more targets than target_limit: raise it.';
  if (error.includes('label'))
    return 'A label is beyond a limit of the job: raise the limit, or change the label.';
  return 'Its page is good now: wait for the next scrape.';
}
