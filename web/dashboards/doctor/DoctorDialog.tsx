import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { DashboardDoctorData } from '#contract';
import { withExpressions } from '#dashboards';
import { postJson } from '../../api/client.ts';
import { Failure } from '../../components/Failure.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { formatCount } from '../../format/numbers.ts';
import { type DashboardScope, useScope } from '../dashboard-scope.ts';
import { useEdited } from '../editor/use-edited-dashboard.ts';
import { askPanels, type PanelsAsked } from './ask-panels.ts';
import { DoctorFindings } from './DoctorFindings.tsx';
import { useRewrites } from './use-rewrites.ts';

/** Why panels have no data, and what can be done: queries are rewritten in the file, to be saved like any change. */
export function DoctorDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { json, change } = useEdited();
  const { data, error, refetch } = useQuery({
    queryKey: ['dashboard-doctor', json],
    queryFn: async () => {
      const body = JSON.stringify({ dashboard: json });
      return (await postJson<DashboardDoctorData>('/dashboards/doctor', body)).data;
    },
  });
  const { chosen, choose } = useRewrites(data);
  const apply = (): void => {
    change(withExpressions(json, chosen), `Queries rewritten: ${chosen.size}`);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Doctor" size="xl">
      <div className="nx-doctor">
        <DataOfPanels />
        {error !== null && (
          <Failure
            what="Cannot examine the dashboard"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {data === undefined ? (
          error === null && <LoadingRows count={4} />
        ) : (
          <DoctorFindings report={data} chosen={chosen} onChoose={choose} />
        )}
        <div className="nx-import-actions">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {data?.panels.some(({ rewrites }) => rewrites.length > 0) === true && (
            <Button disabled={chosen.size === 0} onClick={apply}>
              {chosen.size === 1
                ? 'Rewrite 1 query'
                : `Rewrite ${formatCount(chosen.size)} queries`}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}

/** Asks all panels at once that it is opened, until it is closed. */
function DataOfPanels(): ReactElement {
  const scope = useScope();
  const first = useRef(scope);
  const [asked, setAsked] = useState<PanelsAsked | undefined>(undefined);
  const [controller] = useState(() => new AbortController());
  const [isStopped, setStopped] = useState(false);
  useEffect(() => {
    const { signal } = controller;
    const panels = first.current.dashboard.rows.flatMap((row) => row.panels);
    askPanels(panels, contextOf(first.current), { signal, onProgress: setAsked }).catch(() =>
      setStopped(true),
    );
    return () => controller.abort();
  }, [controller]);
  const isDone = asked !== undefined && asked.done === asked.total;
  const empty = new Set(asked?.empty);
  const without = scope.dashboard.rows
    .flatMap(({ panels }) => panels)
    .filter(({ id }) => empty.has(id))
    .map(({ id, title }) => title || `panel ${id}`);
  return (
    <section aria-label="Data">
      <p className="nx-doctor-sum" role="status">
        <strong className="nx-number">
          {formatCount(asked?.withData ?? 0)} of {formatCount(asked?.total ?? 0)}
        </strong>{' '}
        panels have data, as variables and time are now
        {!isDone && (isStopped ? ' (stopped)' : ` (${asked?.done ?? 0} asked so far)`)}
        {!isDone && !isStopped && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              controller.abort();
              setStopped(true);
            }}
          >
            Stop
          </Button>
        )}
      </p>
      {without.length > 0 && <p className="nx-quiet">Without: {without.join(', ')}</p>}
    </section>
  );
}

function contextOf(scope: DashboardScope): Parameters<typeof askPanels>[1] {
  const { dashboard, time, values, filters, scrapeIntervalMs, jobIntervalsMs } = scope;
  return {
    dashboard: { uid: dashboard.uid, title: dashboard.title },
    range: time.range,
    span: time.span,
    ...time.context,
    values,
    filters,
    scrapeIntervalMs,
    jobIntervalsMs,
    widthPx: 500,
  };
}
