import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { QueryData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { Empty } from '../../components/Empty.tsx';
import { formatInstant, formatRelative } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import type { PanelState } from '../panel-state.ts';
import type { RangeResult } from '../run-query.ts';

interface NoPointsProps {
  readonly result: RangeResult;
  /** The range ends at a chosen moment, not now. */
  readonly isPinned: boolean;
  readonly onChange: (change: Partial<PanelState>) => void;
}

/** An empty graph that says where the data is, if the query is a plain selector and has any. */
export function NoPoints({ result, isPinned, onChange }: NoPointsProps): ReactElement {
  const zone = useZone();
  const newestMs = useNewestSample(result);
  return (
    <Empty title="No data in this range">
      {newestMs === undefined ? (
        <>
          Nothing between {formatInstant(result.startMs, zone)} and{' '}
          {formatInstant(result.endMs, zone)}.{' '}
          {isPinned && (
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => onChange({ endMs: undefined })}
            >
              Go to now
            </Button>
          )}
        </>
      ) : (
        <>
          The newest sample before its end is from {formatInstant(newestMs, zone)} (
          {formatRelative(newestMs, Date.now())}).{' '}
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => onChange({ endMs: Math.ceil(newestMs / 1000) * 1000 })}
          >
            Go there
          </Button>
        </>
      )}
    </Empty>
  );
}

/** Only a selector can be given a longer look back; anything else is not worth a guess. */
const SELECTOR = /^\s*[a-zA-Z_:][\w:]*\s*(\{[^{}]*\})?\s*$|^\s*\{[^{}]*\}\s*$/;
// Steps below the five minutes that a sample is remembered, so that none is missed.
const LOOK_BACK = '15d';

function useNewestSample({ expr, endMs }: RangeResult): number | undefined {
  const { data } = useQuery({
    queryKey: ['newest', expr, endMs],
    enabled: SELECTOR.test(expr),
    retry: false,
    queryFn: async ({ signal }): Promise<number | null> => {
      const query = `max(max_over_time(timestamp(${expr})[${LOOK_BACK}:4m]))`;
      const time = String(endMs / 1000);
      const { data } = await fetchApi<QueryData>('/query', { query, time, timeout: '5s' }, signal);
      const text = data.resultType === 'vector' ? data.result[0]?.value?.[1] : undefined;
      return text === undefined ? null : Number(text) * 1000;
    },
  });
  return data ?? undefined;
}
