import { escapeFamilies, negotiate, writeOpenMetricsFamily, writeText } from '#exposition';
import type { MetricFamily } from '#model';
import { JsonBytes } from './json-bytes.ts';

/** What we write besides text. Names that the reader cannot take are escaped with underscores. */
const OFFERS = { openMetrics: true, protobuf: false, defaultEscaping: 'underscores' } as const;

export interface Page {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Families in the form that an Accept header asks for. */
export function writePage(families: readonly MetricFamily[], accept: string): Page {
  const negotiated = negotiate(accept, OFFERS);
  const out = new JsonBytes();
  const isOpenMetrics = negotiated.format === 'openmetrics';
  for (const family of escapeFamilies(families, negotiated.escaping)) {
    out.write(isOpenMetrics ? writeOpenMetricsFamily(family) : writeText([family]));
  }
  if (isOpenMetrics) out.write('# EOF\n');
  return { contentType: negotiated.contentType, body: out.finish() };
}
