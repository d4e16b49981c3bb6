import type { ExemplarSeries } from '#storage';
import { encodeTimestamp, encodeValue } from './encode-number.ts';
import { encodeLabels } from './encode-value.ts';

/** `data` of `/api/v1/query_exemplars`, in the shape of ExemplarsData. */
export function exemplarsJson(series: readonly ExemplarSeries[]): string {
  const items = series.map(({ labels, exemplars }) => {
    const shown = exemplars.map(
      (exemplar) =>
        `{"labels":${encodeLabels(exemplar.labels)},"value":"${encodeValue(exemplar.value)}",` +
        `"timestamp":${encodeTimestamp(exemplar.timestampMs)}}`,
    );
    return `{"seriesLabels":${encodeLabels(labels)},"exemplars":[${shown.join(',')}]}`;
  });
  return `[${items.join(',')}]`;
}
