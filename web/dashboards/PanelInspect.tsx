import { Button, Modal, NativeSelect, Tabs } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { Frame, Panel } from '#dashboards';
import { CopyButton } from '../components/CopyButton.tsx';
import { downloadText } from '../components/download-text.ts';
import { Icon } from '../components/Icon.tsx';
import { formatCount } from '../format/numbers.ts';
import { formatSpan } from '../format/times.ts';
import { useScope } from './dashboard-scope.ts';
import { INSPECT_TABS, type InspectTab } from './page-params.ts';
import { columnTitle, frameCsv, shownCell } from './panel-csv.ts';
import type { RequestAnswer } from './use-panel-answers.ts';
import type { PanelFrames } from './use-panel-frames.ts';

interface PanelInspectProps {
  readonly title: string;
  readonly panel: Panel;
  readonly tab: InspectTab;
  /** Undefined closes. */
  readonly onTab: (tab: InspectTab | undefined) => void;
  readonly answers: readonly RequestAnswer[];
  readonly data: PanelFrames;
}

/** What is behind a panel: its data, what it asked, and what the file says. */
export function PanelInspect(props: PanelInspectProps): ReactElement {
  const { title, panel, tab, onTab, answers, data } = props;
  const json = JSON.stringify(panel.source, null, 2);
  return (
    <Modal
      opened
      onClose={() => onTab(undefined)}
      title={`Inspect: ${title === '' ? `panel ${panel.id}` : title}`}
      size="min(1100px, 96vw)"
    >
      <Tabs
        value={tab}
        onChange={(value) => onTab(INSPECT_TABS.find((known) => known === value) ?? 'data')}
        keepMounted={false}
      >
        <Tabs.List aria-label="What to inspect">
          <Tabs.Tab value="data">Data</Tabs.Tab>
          <Tabs.Tab value="query">Queries</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="data" className="nx-inspect">
          <DataTab frames={data.frames} title={title} />
        </Tabs.Panel>
        <Tabs.Panel value="query" className="nx-inspect">
          <QueryTab answers={answers} />
        </Tabs.Panel>
        <Tabs.Panel value="json" className="nx-inspect">
          <div className="nx-inspect-head">
            <span className="nx-quiet">As the file has it</span>
            <CopyButton text={json} label="Copy the JSON" />
          </div>
          <pre className="nx-inspect-code" tabIndex={0}>
            {json}
          </pre>
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

/** What a person looks through; the CSV has all of it. */
const ROWS_SHOWN_MAX = 300;
const COLUMNS_SHOWN_MAX = 60;

function DataTab({
  frames,
  title,
}: {
  readonly frames: readonly Frame[];
  readonly title: string;
}): ReactElement {
  const { time } = useScope();
  const [index, setIndex] = useState(0);
  const frame = frames[index] ?? frames[0];
  if (frame === undefined) return <p className="nx-quiet">No data.</p>;
  const fields = frame.fields.slice(0, COLUMNS_SHOWN_MAX);
  const rows = Math.min(frame.length, ROWS_SHOWN_MAX);
  return (
    <>
      <div className="nx-inspect-head">
        {frames.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Which data"
            value={String(index)}
            onChange={(event) => setIndex(Number(event.currentTarget.value))}
            data={frames.map(({ name, refId }, i) => ({
              value: String(i),
              label: name || refId || `Frame ${i + 1}`,
            }))}
          />
        )}
        <span className="nx-quiet">
          {formatCount(frame.length)} rows, {formatCount(frame.fields.length)} columns
          {frame.length > rows && `; the first ${formatCount(rows)} are shown`}
        </span>
        <Button
          size="xs"
          variant="light"
          leftSection={<Icon name="download" size={14} />}
          onClick={() =>
            downloadText(`${title || 'panel'}.csv`, frameCsv(frame, time.zone), 'text/csv')
          }
        >
          CSV
        </Button>
      </div>
      <div className="nx-inspect-table" tabIndex={0} role="region" aria-label="Data">
        <table>
          <thead>
            <tr>
              {fields.map((field, i) => (
                <th key={i} scope="col" data-type={field.type}>
                  {columnTitle(field)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: rows }, (_, row) => (
              <tr key={row}>
                {fields.map((field, i) => (
                  <td key={i} data-type={field.type}>
                    {shownCell(field, row, time.zone)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function QueryTab({ answers }: { readonly answers: readonly RequestAnswer[] }): ReactElement {
  if (answers.length === 0) return <p className="nx-quiet">Nothing was asked yet.</p>;
  return (
    <>
      {answers.map(({ request, answer, error }) => (
        <section key={`${request.query.refId} ${request.kind}`} className="nx-inspect-query">
          <div className="nx-inspect-head">
            <h4>
              {request.query.refId === '' ? 'Query' : request.query.refId}{' '}
              <span className="nx-quiet">
                {request.kind === 'range'
                  ? `every ${formatSpan(request.stepMs / 1000)}`
                  : 'instant'}
                {answer !== undefined &&
                  ` · ${formatCount(seriesCount(answer.data))} series · ${formatSpan(answer.loadMs / 1000)}`}
              </span>
            </h4>
            <CopyButton text={request.expr} label="Copy the query" />
          </div>
          <pre className="nx-inspect-code" tabIndex={0}>
            {request.expr}
          </pre>
          {error !== undefined && <p className="nx-tile-failed">{error.message}</p>}
          {request.expr !== request.query.expr && (
            <details>
              <summary className="nx-quiet">In the file</summary>
              <pre className="nx-inspect-code">{request.query.expr}</pre>
            </details>
          )}
        </section>
      ))}
    </>
  );
}

function seriesCount(data: NonNullable<RequestAnswer['answer']>['data']): number {
  return data.resultType === 'matrix' || data.resultType === 'vector' ? data.result.length : 1;
}
