import '../../styles/share.css';
import { Button, Modal, Progress, SegmentedControl, Switch, Tabs, TextInput } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { describeTimeRange, exportableJson, isRelative, type JsonObject } from '#dashboards';
import { CopyButton } from '../../components/CopyButton.tsx';
import { downloadBlob } from '../../components/download-blob.ts';
import { Icon } from '../../components/Icon.tsx';
import { Notice } from '../../components/Notice.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { hrefOf } from '../../location/location.ts';
import { setPrintStage } from '../../shell/printing.ts';
import type { DashboardScope } from '../dashboard-scope.ts';
import { downloadJson } from '../editor/download-json.ts';
import type { Variables } from '../use-variables.ts';
import { shareLink } from './share-link.ts';
import { makeSharedFile } from './take-snapshot.ts';

interface ShareDialogProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
  /** As edited so far. */
  readonly json: JsonObject;
  readonly onClose: () => void;
}

/** A link, a file that needs no server, or the dashboard itself. */
export function ShareDialog({ scope, variables, json, onClose }: ShareDialogProps): ReactElement {
  return (
    <Modal opened onClose={onClose} title="Share this dashboard" size="lg">
      <Tabs defaultValue="link" keepMounted={false} classNames={{ tab: 'nx-share-tab' }}>
        <Tabs.List aria-label="How to share">
          <Tabs.Tab value="link">Link</Tabs.Tab>
          <Tabs.Tab value="file">File with data</Tabs.Tab>
          <Tabs.Tab value="paper">Print</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="link" className="nx-share">
          <LinkTab scope={scope} />
        </Tabs.Panel>
        <Tabs.Panel value="file" className="nx-share">
          <FileTab scope={scope} variables={variables} json={json} />
        </Tabs.Panel>
        <Tabs.Panel value="paper" className="nx-share">
          <PaperTab onClose={onClose} />
        </Tabs.Panel>
        <Tabs.Panel value="json" className="nx-share">
          <JsonTab json={json} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

function LinkTab({ scope }: { readonly scope: DashboardScope }): ReactElement {
  const { time, dashboard, entry } = scope;
  const moves = isRelative(time.range);
  const [isTimeFixed, setTimeFixed] = useState(true);
  const [hasVariables, setVariables] = useState(true);
  const [isKiosk, setKiosk] = useState(false);
  const link = shareLink({
    path: window.location.origin + hrefOf('d', '', entry.uid),
    search: window.location.search,
    range: time.range,
    span: time.span,
    isTimeFixed,
    hasVariables,
    isKiosk,
  });
  return (
    <>
      {moves && (
        <SegmentedControl
          aria-label="Time of the link"
          classNames={{ label: 'nx-share-choice' }}
          value={isTimeFixed ? 'fixed' : 'moving'}
          onChange={(value) => setTimeFixed(value === 'fixed')}
          data={[
            { value: 'fixed', label: 'The time that is shown now' },
            { value: 'moving', label: `Always: ${describeTimeRange(time.range, time.context)}` },
          ]}
        />
      )}
      {dashboard.variables.length > 0 && (
        <Switch
          label="What is chosen of the variables"
          checked={hasVariables}
          onChange={(event) => setVariables(event.currentTarget.checked)}
        />
      )}
      <Switch
        label="The dashboard alone, without the page around it"
        checked={isKiosk}
        onChange={(event) => setKiosk(event.currentTarget.checked)}
      />
      <div className="nx-share-link">
        <TextInput
          aria-label="Link"
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={link} label="Copy the link" />
      </div>
    </>
  );
}

type FileState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly answered: number; readonly total: number }
  | { readonly kind: 'done'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly message: string };

type FileTabProps = Omit<ShareDialogProps, 'onClose'>;

function FileTab(props: FileTabProps): ReactElement {
  const { scope } = props;
  const [state, setState] = useState<FileState>({ kind: 'idle' });
  const abort = useRef(new AbortController());
  useEffect(() => {
    abort.current = new AbortController();
    const { current } = abort;
    return () => current.abort();
  }, []);
  const make = async (): Promise<void> => {
    const { signal } = abort.current;
    setState({ kind: 'asking', answered: 0, total: 0 });
    try {
      const file = await makeSharedFile({
        ...props,
        signal,
        onProgress: (answered, total) => setState({ kind: 'asking', answered, total }),
      });
      downloadBlob(`${scope.dashboard.title || 'dashboard'}.html`, file);
      setState({ kind: 'done', bytes: file.size });
    } catch (error) {
      if (signal.aborted) return;
      setState({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <>
      <p>
        One HTML file with the panels and their data, for the time and the variables that are shown
        now. It opens in any browser, without a network; graphs can be zoomed and read as here.
        Queries and names of labels are in it; links and data sources are not.
      </p>
      <Button
        className="nx-share-do"
        leftSection={<Icon name="download" size={16} />}
        loading={state.kind === 'asking'}
        disabled={!scope.isReady}
        onClick={() => void make()}
      >
        Save as a file
      </Button>
      <div role="status" aria-live="polite">
        <FileProgress state={state} />
      </div>
    </>
  );
}

function FileProgress({ state }: { readonly state: FileState }): ReactElement | null {
  switch (state.kind) {
    case 'idle':
      return null;
    case 'asking':
      return (
        <>
          <Progress
            value={state.total === 0 ? 0 : (100 * state.answered) / state.total}
            aria-label="Panels asked for"
          />
          <p className="nx-quiet">
            {state.answered} of {state.total} panels
          </p>
        </>
      );
    case 'done':
      return <p>Saved: {formatBytes(state.bytes)}.</p>;
    case 'failed':
      return (
        <Notice kind="error" title="There is no file">
          {state.message}
        </Notice>
      );
  }
}

function PaperTab({ onClose }: Pick<ShareDialogProps, 'onClose'>): ReactElement {
  const print = (): void => {
    onClose();
    setPrintStage('drawing');
  };
  return (
    <>
      <p>
        On paper, or as a PDF: all panels of the open rows, in light colours and without controls.
        Those that are out of view are drawn first.
      </p>
      <Button
        className="nx-share-do"
        leftSection={<Icon name="file" size={16} />}
        rightSection={<kbd>Ctrl P</kbd>}
        onClick={print}
      >
        Print
      </Button>
    </>
  );
}

function JsonTab({ json }: { readonly json: JsonObject }): ReactElement {
  const [isForOthers, setForOthers] = useState(false);
  return (
    <>
      <p>The dashboard itself, for Narthex or Grafana, without data.</p>
      <Switch
        label="For another server"
        description="Which data source it has is asked when it is imported"
        checked={isForOthers}
        onChange={(event) => setForOthers(event.currentTarget.checked)}
      />
      <Button
        className="nx-share-do"
        leftSection={<Icon name="download" size={16} />}
        onClick={() => downloadJson(isForOthers ? exportableJson(json) : json)}
      >
        Save the JSON
      </Button>
    </>
  );
}
