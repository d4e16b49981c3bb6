import { formatDate } from './date-format.ts';
import type { VariableValue } from './variable.ts';

export interface FormatContext {
  readonly name: string;
  readonly timeZone: string;
}

/** What of `${name:format:arguments}` stands after the first colon. An unknown format is `glob`. */
export function formatVariable(
  value: VariableValue,
  format: string,
  context: FormatContext,
): string {
  const [name = '', ...parts] = format.split(':');
  switch (name) {
    case 'csv':
    case 'raw':
      return value.values.join(',');
    case 'pipe':
      return value.values.join('|');
    case 'join':
      return value.values.join(parts.length === 0 ? ',' : parts.join(':'));
    case 'distributed':
      return value.values.map((one, i) => (i === 0 ? one : `${context.name}=${one}`)).join(',');
    case 'text':
      return value.texts.join(' + ');
    case 'html':
      return escapeHtml(value.values.join(', '));
    case 'json':
      return isList(value) ? JSON.stringify(value.values) : (value.values[0] ?? '');
    case 'regex':
      return value.isPattern
        ? value.values.join('|')
        : alternatives(value.values.map(escapeRegexp));
    case 'lucene':
      return formatLucene(value);
    case 'date':
      return formatTimeValue(value.values[0] ?? '', parts.join(':'), context.timeZone);
    default:
      return formatQuoted(value, name) ?? formatForUrl(value, name, parts, context);
  }
}

/** Of a variable that is multi or stands for all: Grafana holds these as lists, even of one. */
function isList(value: VariableValue): boolean {
  return value.values.length !== 1 || value.isMulti || (value.isAll && !value.isPattern);
}

function formatQuoted({ values }: VariableValue, format: string): string | undefined {
  switch (format) {
    case 'singlequote':
      return values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',');
    case 'doublequote':
      return values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(',');
    case 'sqlstring':
      return values
        .map((value) => `'${value.replaceAll("'", "''").replaceAll('"', '\\"')}'`)
        .join(',');
    default:
      return undefined;
  }
}

function formatForUrl(
  value: VariableValue,
  format: string,
  parts: readonly string[],
  { name }: FormatContext,
): string {
  const whole = isList(value) ? `{${value.values.join(',')}}` : (value.values[0] ?? '');
  switch (format) {
    case 'percentencode':
      return encodeStrict(whole);
    case 'uriencode':
      return encodeCharacters(encodeURI(wellFormed(whole)));
    case 'queryparam':
      return queryParameters(name, value);
    case 'customqueryparam': {
      const parameter = encodeStrict(parts[0] === undefined || parts[0] === '' ? name : parts[0]);
      const prefix = encodeStrict(parts[1] ?? '');
      return value.values.map((one) => `${parameter}=${prefix}${encodeStrict(one)}`).join('&');
    }
    default:
      return value.values.length > 1 ? `{${value.values.join(',')}}` : (value.values[0] ?? '');
  }
}

/** `var-name=a&var-name=b`, as it stands in a dashboard's URL; All is `$__all`. */
export function queryParameters(name: string, value: VariableValue): string {
  const parameter = `var-${encodeStrict(name)}`;
  if (value.isAll) return `${parameter}=$__all`;
  return value.values.map((one) => `${parameter}=${encodeStrict(one)}`).join('&');
}

/** `(a|b)`; one alone stands without parentheses. */
export function alternatives(patterns: readonly string[]): string {
  return patterns.length === 1 ? (patterns[0] ?? '') : `(${patterns.join('|')})`;
}

/** So that RE2 matches the text itself. */
export function escapeRegexp(text: string): string {
  return text.replaceAll(/[\\^$*+?.()|[\]{}]/g, '\\$&');
}

function formatLucene(value: VariableValue): string {
  if (!isList(value)) return escapeLucene(value.values[0] ?? '');
  if (value.values.length === 0) return '__empty__';
  return `(${value.values.map((one) => `"${escapeLucene(one)}"`).join(' OR ')})`;
}

function escapeLucene(text: string): string {
  if (text !== '' && !Number.isNaN(Number(text))) return text;
  return text.replaceAll(/[!*+\-=<>\s&|()[\]{}^~?:\\/"]/g, '\\$&');
}

/** `ms`, `seconds`, `iso` (also for nothing), or a pattern of Moment's. */
export function formatTimeValue(text: string, format: string, timeZone: string): string {
  const timeMs = Number.parseInt(text, 10);
  if (Number.isNaN(timeMs) || Math.abs(timeMs) > 8.64e15) return 'NaN';
  switch (format) {
    case 'ms':
      return String(timeMs);
    case 'seconds':
      return String(Math.round(timeMs / 1000));
    case '':
    case 'iso':
      return new Date(timeMs).toISOString();
    default:
      return formatDate(timeMs, format, timeZone);
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** As encodeURIComponent, with `!'()*` encoded too. */
export function encodeStrict(text: string): string {
  return encodeCharacters(encodeURIComponent(wellFormed(text)));
}

/** Half a surrogate pair would make the encoding throw. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

function encodeCharacters(text: string): string {
  return text.replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
