import { quoteText } from './go-text.ts';
import type { PageFormat } from './page-parser.ts';

/** A header that names a media type, with its parameters under lower-case names. */
export interface MediaType {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;

/** Reads a media type (RFC 2045) as Go's mime package does; a string is the error in its words. */
export function parseMediaType(header: string): MediaType | string {
  const [base = '', ...rest] = splitParameters(header);
  const name = base.trim().toLowerCase();
  const wrong = mediaTypeError(name);
  if (wrong !== undefined) return `mime: ${wrong}`;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(0, equals)).trim();
    if (TOKEN.exec(key)?.[0] !== key || key === '') return 'mime: invalid media parameter';
    const lower = key.toLowerCase();
    if (parameters.has(lower)) return 'mime: duplicate parameter name';
    parameters.set(lower, unquote(part.slice(equals + 1).trim()));
  }
  return { mediaType: name, parameters };
}

function mediaTypeError(name: string): string | undefined {
  const type = TOKEN.exec(name)?.[0] ?? '';
  if (type === '') return 'no media type';
  if (name === type) return undefined;
  if (name[type.length] !== '/') return 'expected slash after first token';
  const rest = name.slice(type.length + 1);
  const subtype = TOKEN.exec(rest)?.[0] ?? '';
  if (subtype === '') return 'expected token after slash';
  return subtype === rest ? undefined : 'unexpected content after media subtype';
}

/** Splits at `;` outside quotes. By hand, since no regular expression does it in linear time. */
function splitParameters(header: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < header.length; at++) {
    const char = header[at];
    if (char === '"') isQuoted = !isQuoted;
    else if (char === '\\' && isQuoted) at++;
    else if (char === ';' && !isQuoted) {
      parts.push(header.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(header.slice(start));
  return parts;
}

function unquote(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** The scrape protocols of a configuration and the format that each names. */
const PROTOCOL_FORMATS: ReadonlyMap<string, PageFormat> = new Map([
  ['PrometheusProto', 'protobuf'],
  ['PrometheusText0.0.4', 'text'],
  ['PrometheusText1.0.0', 'text'],
  ['OpenMetricsText0.0.1', 'openmetrics'],
  ['OpenMetricsText1.0.0', 'openmetrics'],
]);

const MEDIA_TYPE_FORMATS: ReadonlyMap<string, PageFormat> = new Map([
  ['application/openmetrics-text', 'openmetrics'],
  ['application/vnd.google.protobuf', 'protobuf'],
  ['text/plain', 'text'],
]);

/** Which parser a page wants. Without `format` the scrape fails with `message`; with it that is a warning. */
export interface FormatChoice {
  readonly format: PageFormat | undefined;
  readonly message: string | undefined;
}

/** `fallbackProtocol` is the scrape config's `fallback_scrape_protocol`, where it has one. */
export function chooseFormat(contentType: string, fallbackProtocol?: string): FormatChoice {
  const format = PROTOCOL_FORMATS.get(fallbackProtocol ?? '');
  if (contentType === '') {
    const blank = 'non-compliant scrape target sending blank Content-Type';
    return withFallback(format, fallbackProtocol, {
      failing: `${blank} and no fallback_scrape_protocol specified for target`,
      falling: `${blank}, `,
    });
  }
  const shown = quoteText(contentType);
  const parsed = parseMediaType(contentType);
  if (typeof parsed === 'string') {
    const choice = withFallback(format, fallbackProtocol, {
      failing: `cannot parse Content-Type ${shown} and no fallback_scrape_protocol for target`,
      falling: `could not parse received Content-Type ${shown}, `,
    });
    return { format: choice.format, message: `${choice.message}\n${parsed}` };
  }
  const known = MEDIA_TYPE_FORMATS.get(parsed.mediaType);
  if (known !== undefined) return { format: known, message: undefined };
  const unsupported = `received unsupported Content-Type ${shown}`;
  return withFallback(format, fallbackProtocol, {
    failing: `${unsupported} and no fallback_scrape_protocol specified for target`,
    falling: `${unsupported}, `,
  });
}

function withFallback(
  format: PageFormat | undefined,
  protocol: string | undefined,
  words: { failing: string; falling: string },
): FormatChoice {
  if (format === undefined) return { format: undefined, message: words.failing };
  const message = `${words.falling}using fallback_scrape_protocol ${quoteText(protocol ?? '')}`;
  return { format, message };
}
