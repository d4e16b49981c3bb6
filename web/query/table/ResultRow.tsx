import { type ReactElement, useState } from 'react';
import type { HistogramValue } from '#contract';
import { CopyButton } from '../../components/CopyButton.tsx';
import { formatCount } from '../../format/numbers.ts';
import { formatInstantPrecisely } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import { SeriesName } from '../SeriesName.tsx';
import { printSeriesName } from '../series-name.ts';
import type { ResultPoint, ResultRowData } from './result-rows.ts';

/** Points of one series that are shown at once; a long range would bury the next series. */
const POINTS_MAX = 200;

export function ResultRow({ row }: { readonly row: ResultRowData }): ReactElement {
  const { metric, points, isRange } = row;
  return (
    <div className="nx-row">
      <div className="nx-row-series">
        {typeof metric === 'string' ? (
          <span className="nx-quiet">{metric}</span>
        ) : (
          <>
            <SeriesName metric={metric} />
            <CopyButton text={printSeriesName(metric)} label="Copy the selector" size={26} />
          </>
        )}
      </div>
      <div className="nx-row-value">
        {isRange ? (
          <Points points={points} />
        ) : (
          points.map((point) => <Value key={point.timeMs} value={point.value} />)
        )}
      </div>
    </div>
  );
}

function Points({ points }: { readonly points: readonly ResultPoint[] }): ReactElement {
  const zone = useZone();
  const [isAllShown, setAllShown] = useState(false);
  const shown = isAllShown ? points : points.slice(0, POINTS_MAX);
  return (
    <>
      {shown.map(({ timeMs, value }) => (
        <div key={timeMs} className="nx-point" title={formatInstantPrecisely(timeMs, zone)}>
          <Value value={value} />
          <span className="nx-quiet"> @ {timeMs / 1000}</span>
        </div>
      ))}
      {shown.length < points.length && (
        <button type="button" className="nx-chip" onClick={() => setAllShown(true)}>
          all {formatCount(points.length)} points
        </button>
      )}
    </>
  );
}

function Value({ value }: { readonly value: string | HistogramValue }): ReactElement {
  if (typeof value === 'string') return <span className="nx-value">{value}</span>;
  return (
    <details className="nx-histogram">
      <summary>
        count <span className="nx-value">{value.count}</span> sum{' '}
        <span className="nx-value">{value.sum}</span>
      </summary>
      <table>
        <tbody>
          {(value.buckets ?? []).map(([boundaries, lower, upper, count]) => (
            <tr key={`${lower} ${upper}`}>
              <td>
                {boundaries === 1 || boundaries === 3 ? '[' : '('}
                {lower}, {upper}
                {boundaries === 0 || boundaries === 3 ? ']' : ')'}
              </td>
              <td className="nx-value">{count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
