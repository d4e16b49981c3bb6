import {
  escapeFamilies,
  negotiate,
  writeOpenMetricsFamily,
  writeProtobufFamily,
  writeText,
} from '#exposition';
import type { Negotiated } from '#exposition';
import type { MetricFamily } from '#model';
import { JsonBytes } from './json-bytes.ts';

/** What we write besides text. Names that the reader cannot take are escaped with underscores. */
const OFFERS = { openMetrics: true, protobuf: true, defaultEscaping: 'underscores' } as const;

export interface Page {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Families in the form that an Accept header asks for. Native histograms stand on pages of protobuf alone. */
export function writePage(families: readonly MetricFamily[], accept: string): Page {
  const { format, escaping, contentType } = negotiateWritten(accept);
  const escaped = escapeFamilies(families, escaping);
  if (format === 'protobuf') {
    return { contentType, body: Buffer.concat(escaped.map(writeProtobufFamily)) };
  }
  const out = new JsonBytes();
  for (const family of escaped) {
    if (family.metrics.some(({ nativeHistogram }) => nativeHistogram !== undefined)) continue;
    out.write(format === 'openmetrics' ? writeOpenMetricsFamily(family) : writeText([family]));
  }
  if (format === 'openmetrics') out.write('# EOF\n');
  return { contentType, body: out.finish() };
}

/** Protobuf as text, which some reader may ask for, is not written. */
function negotiateWritten(accept: string): Negotiated {
  const negotiated = negotiate(accept, OFFERS);
  if (negotiated.format !== 'protobuf') return negotiated;
  const isBinary = negotiated.contentType.includes('encoding=delimited');
  return isBinary ? negotiated : negotiate(accept, { ...OFFERS, protobuf: false });
}
