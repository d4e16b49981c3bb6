import { memo, type ReactElement } from 'react';
import type { LabelObject } from '#contract';
import { splitSeriesName } from './series-name.ts';

interface SeriesNameProps {
  readonly metric: LabelObject;
}

/** `up{job="a"}` with the name strong and the values coloured. */
export const SeriesName = memo(function SeriesName({ metric }: SeriesNameProps): ReactElement {
  const { name, labels, quotedName } = splitSeriesName(metric);
  const isBare = labels.length === 0 && quotedName === '';
  return (
    <span className="nx-series">
      <span className="nx-series-metric">{name}</span>
      {isBare ? name === '' && '{}' : '{'}
      {quotedName !== '' && <span className="nx-series-metric">{quotedName}</span>}
      {labels.map(([labelName, value], i) => (
        <span key={labelName}>
          {(i > 0 || quotedName !== '') && ', '}
          <span className="nx-series-label">{labelName}</span>=
          <span className="nx-series-value">{JSON.stringify(value)}</span>
        </span>
      ))}
      {!isBare && '}'}
    </span>
  );
});
