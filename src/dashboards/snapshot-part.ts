import type { QueryData } from '#contract';
import type { PanelRequest } from './panel-requests.ts';
import type { SnapshotPanel } from './snapshot.ts';
import type { TimeSpan } from './time-range.ts';

/** Of a panel's answers what lies in a part of their time, on the steps that they have. Instant answers stay. */
export function partOfSnapshot(panel: SnapshotPanel, { fromMs, toMs }: TimeSpan): SnapshotPanel {
  const answers = panel.answers.map((answer) => {
    const { request, data } = answer;
    if (request.kind !== 'range' || data === undefined) return answer;
    const part = partOfRequest(request, { fromMs, toMs });
    return { ...answer, request: part, data: partOfData(data as QueryData, part) };
  });
  return { plan: { ...panel.plan, range: { ...panel.plan.range, fromMs, toMs } }, answers };
}

function partOfRequest(request: PanelRequest, { fromMs, toMs }: TimeSpan): PanelRequest {
  const { startMs, endMs, stepMs } = request;
  const before = Math.max(0, Math.ceil((fromMs - startMs) / stepMs));
  const start = Math.min(startMs + before * stepMs, endMs);
  const end = startMs + Math.floor((Math.min(toMs, endMs) - startMs) / stepMs) * stepMs;
  return { ...request, startMs: start, endMs: Math.max(start, end) };
}

function partOfData(data: QueryData, { startMs, endMs }: PanelRequest): QueryData {
  if (data.resultType !== 'matrix') return data;
  const isInside = ([seconds]: readonly [number, ...unknown[]]): boolean =>
    seconds * 1000 >= startMs && seconds * 1000 <= endMs;
  const result = data.result.flatMap((series) => {
    const values = series.values?.filter(isInside);
    const histograms = series.histograms?.filter(isInside);
    if ((values?.length ?? 0) + (histograms?.length ?? 0) === 0) return [];
    return [
      {
        ...series,
        ...(values === undefined ? {} : { values }),
        ...(histograms === undefined ? {} : { histograms }),
      },
    ];
  });
  return { ...data, result };
}
