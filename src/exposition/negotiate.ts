import { ESCAPING_SCHEMES, type EscapingScheme } from '#model';
import { parseMediaType } from './content-type.ts';

/** What an `Accept` header led to: how to write a page, and its Content-Type. */
export interface Negotiated {
  readonly format: 'text' | 'openmetrics' | 'protobuf';
  readonly escaping: EscapingScheme;
  readonly contentType: string;
}

/** What a metrics endpoint can write besides text. */
export interface Offers {
  readonly openMetrics: boolean;
  readonly protobuf: boolean;
  /** Where the reader does not say how to escape. */
  readonly defaultEscaping: EscapingScheme;
}

const PROTO = 'io.prometheus.client.MetricFamily';

/** Chooses the format that the reader likes best (prometheus/common: expfmt/encode.go); text where none fits. */
export function negotiate(accept: string, offers: Offers): Negotiated {
  for (const { mediaType, parameters } of parseAccept(accept)) {
    const escaping = escapingOf(parameters, offers);
    const choice =
      (offers.protobuf && chooseProtobuf(mediaType, parameters)) ||
      chooseText(mediaType, parameters) ||
      (offers.openMetrics && chooseOpenMetrics(mediaType, parameters));
    if (choice) {
      const [format, type] = choice;
      return { format, escaping, contentType: `${type}; escaping=${escaping}` };
    }
  }
  const escaping = offers.defaultEscaping;
  return { format: 'text', escaping, contentType: `${textType('0.0.4')}; escaping=${escaping}` };
}

type Parameters = ReadonlyMap<string, string>;
type Choice = readonly [Negotiated['format'], string] | undefined;

function chooseProtobuf(mediaType: string, parameters: Parameters): Choice {
  if (mediaType !== 'application/vnd.google.protobuf' || parameters.get('proto') !== PROTO) {
    return undefined;
  }
  const encoding = parameters.get('encoding') ?? '';
  if (!['delimited', 'text', 'compact-text'].includes(encoding)) return undefined;
  return ['protobuf', `${mediaType}; proto=${PROTO}; encoding=${encoding}`];
}

function chooseText(mediaType: string, parameters: Parameters): Choice {
  const version = parameters.get('version') ?? '';
  if (mediaType !== 'text/plain' || !['', '0.0.4', '1.0.0'].includes(version)) return undefined;
  return ['text', textType(version === '' ? '0.0.4' : version)];
}

function chooseOpenMetrics(mediaType: string, parameters: Parameters): Choice {
  const version = parameters.get('version') ?? '';
  if (mediaType !== 'application/openmetrics-text' || !['', '0.0.1', '1.0.0'].includes(version)) {
    return undefined;
  }
  return ['openmetrics', `${mediaType}; version=${version || '0.0.1'}; charset=utf-8`];
}

function textType(version: string): string {
  return `text/plain; version=${version}; charset=utf-8`;
}

function escapingOf(parameters: Parameters, offers: Offers): EscapingScheme {
  const given = parameters.get('escaping');
  return ESCAPING_SCHEMES.find((scheme) => scheme === given) ?? offers.defaultEscaping;
}

/** The media types of an Accept header, the best liked first. Ones that cannot be read are left out. */
function parseAccept(accept: string): { mediaType: string; parameters: Parameters }[] {
  const clauses: { mediaType: string; parameters: Parameters; quality: number }[] = [];
  for (const part of accept.split(',')) {
    const parsed = parseMediaType(part);
    if (typeof parsed === 'string') continue;
    const given = Number(parsed.parameters.get('q') ?? '1');
    clauses.push({ ...parsed, quality: Number.isNaN(given) ? 1 : given });
  }
  return clauses.toSorted((a, b) => b.quality - a.quality);
}
