import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ContainerLogsData } from '#contract';
import { fetchApi } from '../../api/client.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Failure } from '../../components/Failure.tsx';
import { Icon } from '../../components/Icon.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { formatInstantPrecisely, parseRfc3339, type Zone } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';

const TAILS = ['50', '100', '500', '1000'];

/** The last lines, asked of the engine when somebody looks; they are never stored. */
export function LogsTab({ name }: { readonly name: string }): ReactElement {
  const [tail, setTail] = useState('100');
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['container-logs', name, tail],
    queryFn: ({ signal }) =>
      fetchApi<ContainerLogsData>('/containers/logs', { name, tail }, signal),
    staleTime: 0,
    gcTime: 0,
  });
  const lines = data?.data.lines;
  return (
    <section aria-label="Log">
      <div className="nx-section-head">
        <p className="nx-quiet">Read from the engine just now; Narthex stores no logs.</p>
        <div className="nx-section-tools">
          <NativeSelect
            size="xs"
            aria-label="How many lines"
            value={tail}
            onChange={(event) => setTail(event.currentTarget.value)}
            data={TAILS.map((count) => ({ value: count, label: `Last ${count} lines` }))}
          />
          <Button
            size="xs"
            variant="default"
            loading={isFetching}
            leftSection={<Icon name="refresh" size={14} />}
            onClick={() => void refetch()}
          >
            Read again
          </Button>
          {lines !== undefined && lines.length > 0 && (
            <CopyButton text={lines.map(({ text }) => text).join('\n')} label="Copy the lines" />
          )}
        </div>
      </div>
      {error !== null ? (
        <Failure what="Cannot read its log" error={error} onRetry={() => void refetch()} />
      ) : lines === undefined ? (
        <LoadingRows count={12} />
      ) : lines.length === 0 ? (
        <Empty title="It has written nothing" />
      ) : (
        <LogLines lines={lines} />
      )}
    </section>
  );
}

function LogLines({ lines }: Pick<ContainerLogsData, 'lines'>): ReactElement {
  const zone = useZone();
  return (
    <ol className="nx-card nx-log" tabIndex={0} aria-label="Lines">
      {lines.map(({ stream, time, text }, i) => (
        <li key={i} data-stream={stream}>
          <time>{logTime(time, zone)}</time>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

function logTime(time: string, zone: Zone): string {
  const timeMs = parseRfc3339(time);
  return timeMs === undefined ? '' : formatInstantPrecisely(timeMs, zone).slice(11, 23);
}
