import type { NameEscapingScheme, ScrapeProtocol } from '#config';

const MEDIA_TYPES: Readonly<Record<ScrapeProtocol, string>> = {
  PrometheusProto:
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
};

/** Only the newer text formats know how names are escaped. */
const ESCAPED: ReadonlySet<ScrapeProtocol> = new Set([
  'PrometheusText1.0.0',
  'OpenMetricsText1.0.0',
]);

/** The Accept header: the configured protocols by falling preference, then anything. */
export function acceptHeader(
  protocols: readonly ScrapeProtocol[],
  escaping: NameEscapingScheme,
): string {
  let weight = Object.keys(MEDIA_TYPES).length + 1;
  const values: string[] = [];
  for (const protocol of protocols) {
    const suffix = ESCAPED.has(protocol) ? `;escaping=${escaping}` : '';
    values.push(`${MEDIA_TYPES[protocol]}${suffix};q=0.${weight}`);
    weight--;
  }
  values.push(`*/*;q=0.${weight}`);
  return values.join(',');
}
