import { Button, FileButton, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { type Dashboard, describeDashboard, readDashboard, withExpressions } from '#dashboards';
import type { DashboardDoctorData, DashboardEntry, SaveDashboard } from '#contract';
import { postJson } from '../api/client.ts';
import { Icon } from '../components/Icon.tsx';
import { Notice } from '../components/Notice.tsx';
import { formatCount } from '../format/numbers.ts';
import { navigate } from '../location/location.ts';
import { itemOf } from './dashboard-list.ts';
import { DoctorFindings } from './doctor/DoctorFindings.tsx';
import { useRewrites } from './doctor/use-rewrites.ts';
import { type ImportFile, parseImport } from './import-file.ts';
import { ProblemList } from './ProblemList.tsx';

interface ImportDialogProps {
  readonly initialText: string;
  /** What there is already. */
  readonly entries: readonly DashboardEntry[];
  readonly onClose: () => void;
}

/** A file is chosen, dropped or pasted; then it says what is in it, before anything is kept. */
export function ImportDialog({ initialText, entries, onClose }: ImportDialogProps): ReactElement {
  const [text, setText] = useState(initialText);
  const parsed = useMemo(() => (text.trim() === '' ? undefined : parseImport(text)), [text]);
  const choose = (file: File | null): void => {
    if (file !== null) void file.text().then(setText);
  };
  const isShown = text.length <= SHOWN_LENGTH_MAX;
  const isDashboard = parsed !== undefined && typeof parsed !== 'string';
  return (
    <Modal opened onClose={onClose} title="Import a dashboard" size="lg">
      {isDashboard ? (
        <ImportSummary
          file={parsed}
          entries={entries}
          onBack={() => setText('')}
          onClose={onClose}
        />
      ) : (
        <div className="nx-import">
          <p className="nx-quiet">
            Grafana’s JSON of any age, as it exports it or as grafana.com offers it. Nothing in it
            is changed.
          </p>
          <div className="nx-import-file">
            <FileButton accept=".json,application/json" onChange={choose}>
              {(button) => (
                <Button {...button} variant="light" leftSection={<Icon name="file" size={16} />}>
                  Choose a file
                </Button>
              )}
            </FileButton>
            <span className="nx-quiet">or drop one on the list, or paste it here:</span>
          </div>
          <Textarea
            aria-label="JSON of the dashboard"
            placeholder={'{ "title": …, "panels": [ … ] }'}
            value={isShown ? text : ''}
            onChange={(event) => setText(event.currentTarget.value)}
            minRows={8}
            maxRows={14}
            autosize
            data-autofocus
            error={typeof parsed === 'string' ? parsed : undefined}
            classNames={{ input: 'nx-code-input' }}
          />
        </div>
      )}
    </Modal>
  );
}

/** What is longer is not put into the field, which could not be used then. */
const SHOWN_LENGTH_MAX = 1_000_000;

interface ImportSummaryProps {
  readonly file: ImportFile;
  readonly entries: readonly DashboardEntry[];
  readonly onBack: () => void;
  readonly onClose: () => void;
}

function ImportSummary({ file, entries, onBack, onClose }: ImportSummaryProps): ReactElement {
  const dashboard = useMemo(() => readDashboard(file.json), [file]);
  const existing = file.uid === '' ? undefined : entries.find(({ uid }) => uid === file.uid);
  const [overwrite, setOverwrite] = useState(existing?.origin === 'own');
  const [folder, setFolder] = useState(existing?.folder ?? '');
  const { save, error, isSaving } = useImport(onClose);
  const { data } = useQuery({
    queryKey: ['dashboard-doctor', file.text],
    queryFn: async () => {
      return (await postJson<DashboardDoctorData>('/dashboards/doctor', bodyOf(file, {}))).data;
    },
  });
  const rewrites = useRewrites(data);
  const folders = [...new Set(entries.map((entry) => entry.folder))].filter((name) => name !== '');
  return (
    <div className="nx-import">
      <FileContent dashboard={dashboard} />
      {data !== undefined && (
        <DoctorFindings report={data} chosen={rewrites.chosen} onChoose={rewrites.choose} />
      )}
      {existing !== undefined && (
        <ConflictChoice existing={existing} overwrite={overwrite} onChange={setOverwrite} />
      )}
      <TextInput
        label="Folder"
        placeholder="General"
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
        description={folders.length === 0 ? undefined : `There are: ${folders.join(', ')}`}
      />
      {error !== undefined && (
        <Notice kind="error" title="Cannot import the dashboard">
          {error.message}
        </Notice>
      )}
      <div className="nx-import-actions">
        <Button variant="default" onClick={onBack}>
          Another file
        </Button>
        <Button
          loading={isSaving}
          data-autofocus
          onClick={() =>
            save(rewrittenFile(file, rewrites.chosen), {
              message: 'Imported',
              ...(folder.trim() === '' ? {} : { folder: folder.trim() }),
              ...(overwrite ? { overwrite } : {}),
            })
          }
        >
          Import
        </Button>
      </div>
    </div>
  );
}

function FileContent({ dashboard }: { readonly dashboard: Dashboard }): ReactElement {
  return (
    <>
      <div>
        <h3 className="nx-import-title">{dashboard.title}</h3>
        {dashboard.description !== '' && <p className="nx-quiet">{dashboard.description}</p>}
      </div>
      <ul className="nx-import-counts" aria-label="Panels">
        {describeDashboard(dashboard).kinds.map(({ kind, count }) => (
          <li key={kind}>
            <strong className="nx-number">{formatCount(count)}</strong> {kind}
          </li>
        ))}
      </ul>
      {dashboard.variables.length > 0 && (
        <p className="nx-quiet">
          Variables: {dashboard.variables.map(({ name, label }) => label || name).join(', ')}
        </p>
      )}
      {dashboard.problems.length > 0 && (
        <Notice kind="warning" title="Not all of it could be read as it was meant">
          <ProblemList problems={dashboard.problems} />
        </Notice>
      )}
    </>
  );
}

interface ConflictChoiceProps {
  readonly existing: DashboardEntry;
  readonly overwrite: boolean;
  readonly onChange: (overwrite: boolean) => void;
}

function ConflictChoice({ existing, overwrite, onChange }: ConflictChoiceProps): ReactElement {
  if (existing.origin !== 'own') {
    return (
      <Notice kind="info" title="This dashboard is already here">
        “{existing.title}” comes from{' '}
        {existing.origin === 'shipped' ? 'Narthex itself' : 'a folder'} and stays; what is imported
        becomes a copy of your own.
      </Notice>
    );
  }
  return (
    <div className="nx-import-conflict">
      <p>“{existing.title}” has the same uid.</p>
      <SegmentedControl
        aria-label="What becomes of the dashboard that is here"
        value={overwrite ? 'replace' : 'both'}
        onChange={(value) => onChange(value === 'replace')}
        data={[
          { value: 'replace', label: 'Replace it' },
          { value: 'both', label: 'Keep both' },
        ]}
      />
    </div>
  );
}

interface Import {
  readonly save: (file: ImportFile, more: Omit<SaveDashboard, 'dashboard'>) => void;
  readonly error: Error | undefined;
  readonly isSaving: boolean;
}

function useImport(onClose: () => void): Import {
  const client = useQueryClient();
  const [error, setError] = useState<Error | undefined>(undefined);
  const [isSaving, setSaving] = useState(false);
  const send = async (body: string): Promise<void> => {
    setSaving(true);
    setError(undefined);
    try {
      const { data } = await postJson<DashboardEntry>('/dashboards', body);
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      await client.invalidateQueries({ queryKey: ['dashboard', data.uid] });
      onClose();
      navigate({ page: 'd', item: itemOf(data) });
    } catch (caught) {
      setError(caught instanceof Error ? caught : new Error(String(caught)));
    } finally {
      setSaving(false);
    }
  };
  const save: Import['save'] = (file, more) => {
    void send(bodyOf(file, more));
  };
  return { save, error, isSaving };
}

/** The dashboard as it is written. */
function bodyOf(file: ImportFile, more: object): string {
  const rest = JSON.stringify(more).slice(1);
  return `{"dashboard":${file.text}${rest === '}' ? '' : ','}${rest}`;
}

/** As it came where nothing is rewritten. */
function rewrittenFile(file: ImportFile, chosen: ReadonlyMap<string, string>): ImportFile {
  const json = withExpressions(file.json, chosen);
  return json === file.json ? file : { ...file, json, text: JSON.stringify(json) };
}
