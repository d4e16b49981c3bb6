import { escapeName, type EscapingScheme, isLegacyMetricName, type MetricFamily } from '#model';

/** The families with names that the reader can take. Returns the very same where none needs it. */
export function escapeFamilies(
  families: readonly MetricFamily[],
  scheme: EscapingScheme,
): readonly MetricFamily[] {
  if (scheme === 'allow-utf-8') return families;
  return families.map((family) => ({
    ...family,
    name: escape(family.name, scheme),
    metrics: family.metrics.map((metric) => ({
      ...metric,
      labels: metric.labels.map(([name, value]) => [escape(name, scheme), value] as const),
    })),
  }));
}

/** Plain names stay as they are even under `dots` (prometheus/common: model.EscapeMetricFamily). */
function escape(name: string, scheme: EscapingScheme): string {
  return isLegacyMetricName(name) ? name : escapeName(name, scheme);
}
