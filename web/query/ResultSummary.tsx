import { Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';
import type { QueryStats } from '#contract';
import { formatCount, formatCounted } from '../format/numbers.ts';
import { formatSpan } from '../format/times.ts';

interface ResultSummaryProps {
  readonly seriesCount: number;
  readonly loadMs: number;
  readonly stats: QueryStats | undefined;
}

/** "12 series in 34 ms", and on demand where the time went. */
export function ResultSummary({ seriesCount, loadMs, stats }: ResultSummaryProps): ReactElement {
  return (
    <Tooltip label={<StatLines stats={stats} />} disabled={stats === undefined} multiline>
      <button type="button" className="nx-summary">
        <span className="nx-number">{formatCount(seriesCount)} series</span>
        <span className="nx-number">{formatSpan(loadMs / 1000)}</span>
        <span className="nx-hidden">{statTexts(stats).join('; ')}</span>
      </button>
    </Tooltip>
  );
}

function StatLines({ stats }: { readonly stats: QueryStats | undefined }): ReactElement {
  return (
    <>
      {statTexts(stats).map((text) => (
        <div key={text}>{text}</div>
      ))}
    </>
  );
}

function statTexts(stats: QueryStats | undefined): string[] {
  if (stats === undefined) return [];
  const { timings, samples } = stats;
  const texts = [
    `evaluation ${formatSpan(timings.evalTotalTime)}`,
    `waiting ${formatSpan(timings.execQueueTime)}`,
  ];
  if (samples !== undefined) {
    texts.push(
      `${formatCounted(samples.totalQueryableSamples, 'sample')} read`,
      `${formatCounted(samples.peakSamples, 'sample')} at once`,
    );
  }
  return texts;
}
