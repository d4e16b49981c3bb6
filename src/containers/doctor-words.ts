import type { Container } from './container.ts';
import type { Listening } from './listening.ts';

/** Ports named at most. */
const PORTS_MAX = 8;

export interface UnreachedPort {
  readonly container: Container;
  /** `host:port` of the target. */
  readonly address: string;
  /** As the container has it. */
  readonly port: number;
  /** What the connection attempt said. */
  readonly reason: string;
  /** Undefined where nobody can look. */
  readonly listening: readonly Listening[] | undefined;
}

/** What to do about a port that cannot be connected to. */
export function unreachedAdvice({ address, port, reason, listening }: UnreachedPort): string {
  if (/no such host/.test(reason)) {
    return `The name in ${address} is not known here: use the address of the container, or run Narthex on its network.`;
  }
  const own = listening?.find((one) => one.port === port);
  if (own?.isLoopback === true) {
    return `The application listens on 127.0.0.1:${port} inside its container, where nobody else gets: let it listen on 0.0.0.0.`;
  }
  if (listening !== undefined && own === undefined) return elsewhereAdvice(port, listening);
  if (own !== undefined || /timed out|no route|unreachable/.test(reason)) {
    return `${address} does not answer from here: let Narthex run on a network of the container, or publish the port.`;
  }
  return `Port ${port} refused: is it the right narthex.port, and does the application listen on 0.0.0.0 rather than on 127.0.0.1?`;
}

function elsewhereAdvice(port: number, listening: readonly Listening[]): string {
  const open = listening.filter(({ isLoopback }) => !isLoopback).map((one) => one.port);
  if (open.length === 0) {
    return `Nothing listens on port ${port} in the container: is the application up, and does it serve metrics?`;
  }
  const ports = open.slice(0, PORTS_MAX).join(', ');
  return `Nothing listens on port ${port} in the container, but on ${ports}: is narthex.port right?`;
}

/** What to do where a connection gave no answer. */
export function unansweredAdvice(reason: string): string {
  if (reason.includes('verify certificate')) {
    return 'Its certificate is not trusted: name who signed it in tls_config.ca_file of the job, or turn insecure_skip_verify on there.';
  }
  if (/HTTP response to HTTPS client/.test(reason)) {
    return 'It speaks plain HTTP where HTTPS is asked: set narthex.scheme (or scheme of the job) to http.';
  }
  if (reason.includes('remote error: tls')) {
    return 'It refuses the TLS connection: it may want a certificate of ours (tls_config.cert_file and key_file of the job).';
  }
  if (/timed? ?out|in time|deadline/i.test(reason)) {
    return 'It takes connections, but gives no answer in time: is it busy, or does its page take long? Until it is faster, raise scrape_timeout and scrape_interval of the job.';
  }
  return 'It takes connections, but gives no answer: is it HTTP, and is the scheme right (narthex.scheme)?';
}

/** What to do about an answer that is no page. */
export function statusAdvice(status: number, path: string): string {
  if (status === 404 || status === 405) {
    return `There is nothing at ${path}: name the path with the label narthex.path (or metrics_path of the job).`;
  }
  if (status === 401 || status === 403) {
    return 'It wants credentials: give them in a job of a configuration file (basic_auth, authorization).';
  }
  if (status >= 300 && status <= 399) {
    return `${path} sends elsewhere: name the place it leads to with the label narthex.path.`;
  }
  if (status === 400) {
    return 'It does not understand the request (status 400): if it speaks HTTPS there, set narthex.scheme (or scheme of the job) to https.';
  }
  return `It answers with status ${status}: what does its log say?`;
}

export function contentTypeAdvice(contentType: string, path: string): string {
  if (/html/.test(contentType)) {
    return `${path} is a web page: name the path of the metrics with the label narthex.path.`;
  }
  return 'Set fallback_scrape_protocol: PrometheusText0.0.4 in the job, or let the application name the type text/plain.';
}

export function unreadLabelAdvice(problem: string): string {
  return `It is scraped, but a label of it does not count: ${problem}.`;
}
