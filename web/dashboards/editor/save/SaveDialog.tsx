import { Autocomplete, Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DashboardsData } from '#contract';
import { fetchApi } from '../../../api/client.ts';
import { Icon } from '../../../components/Icon.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { downloadJson } from '../download-json.ts';
import { type EditedDashboard, useEdited } from '../use-edited-dashboard.ts';
import { ChangeList } from './ChangeList.tsx';
import { ConflictView } from './ConflictView.tsx';
import { type Saving, useSave } from './use-save.ts';

interface SaveDialogProps {
  readonly onClose: () => void;
}

/** Says what is to be saved, before it is. */
export function SaveDialog({ onClose }: SaveDialogProps): ReactElement {
  const edited = useEdited();
  const saving = useSave(onClose);
  const { entry } = edited;
  const [isCopy, setCopy] = useState(entry.uid === '' || entry.origin !== 'own');
  const { conflict } = saving;
  return (
    <Modal opened onClose={onClose} title={titleOf(edited, isCopy)} size="lg">
      <div className="nx-import">
        {conflict !== undefined && !isCopy ? (
          <ConflictView
            conflict={conflict}
            edited={edited}
            saving={saving}
            onCopy={() => setCopy(true)}
          />
        ) : (
          <SaveForm {...{ edited, saving, isCopy }} onCopy={() => setCopy(true)} />
        )}
        {saving.error !== undefined && (
          <Notice kind="error" title="Cannot save the dashboard">
            {saving.error.message}
          </Notice>
        )}
      </div>
    </Modal>
  );
}

function titleOf({ entry }: EditedDashboard, isCopy: boolean): string {
  if (entry.uid === '') return 'Save the new dashboard';
  return isCopy ? 'Save as a copy' : 'Save the dashboard';
}

interface SaveFormProps {
  readonly edited: EditedDashboard;
  readonly saving: Saving;
  readonly isCopy: boolean;
  readonly onCopy: () => void;
}

function SaveForm({ edited, saving, isCopy, onCopy }: SaveFormProps): ReactElement {
  const { entry, json, saved } = edited;
  const isNew = entry.uid === '';
  const [title, setTitle] = useState(() => titleToSave(edited, isCopy));
  const [folder, setFolder] = useState(entry.origin === 'own' ? entry.folder : '');
  const [message, setMessage] = useState('');
  const submit = (): void => {
    const wish = { folder: folder.trim(), message: message.trim() };
    if (isCopy) saving.saveCopy({ ...wish, title: title.trim() });
    else saving.save(wish);
  };
  return (
    <form
      className="nx-import"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {entry.origin !== 'own' && <OriginNotice edited={edited} />}
      {isCopy && (
        <TextInput
          label="Title"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          required
          data-autofocus
        />
      )}
      <FolderField value={folder} onChange={setFolder} />
      {!isNew && <ChangeList before={saved} after={json} />}
      <Textarea
        label="What for"
        placeholder="A few words for those who read the history"
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
        maxLength={MESSAGE_LENGTH_MAX}
        autosize
        maxRows={4}
        data-autofocus={!isCopy}
      />
      <div className="nx-import-actions">
        <Button
          variant="subtle"
          color="gray"
          leftSection={<Icon name="download" size={16} />}
          onClick={() => downloadJson(json)}
        >
          Download JSON
        </Button>
        {!isCopy && (
          <Button variant="default" onClick={onCopy}>
            Save as a copy…
          </Button>
        )}
        <Button type="submit" loading={saving.isSaving} disabled={isCopy && title.trim() === ''}>
          {isCopy && !isNew ? 'Save the copy' : 'Save'}
        </Button>
      </div>
    </form>
  );
}

/** As the server keeps them. */
const MESSAGE_LENGTH_MAX = 1000;

function titleToSave({ entry, json, saved }: EditedDashboard, isCopy: boolean): string {
  const { title } = json;
  const text = typeof title === 'string' ? title : '';
  const isOwnTitle = title !== saved['title'] || entry.uid === '';
  return isCopy && !isOwnTitle ? `${text} (copy)` : text;
}

function OriginNotice({ edited }: { readonly edited: EditedDashboard }): ReactElement {
  return (
    <Notice kind="info">
      {edited.entry.origin === 'shipped'
        ? 'This dashboard comes with Narthex and stays as it is.'
        : 'This dashboard comes from a folder that is only read.'}{' '}
      Save yours as a copy, or download the JSON and put it where the file is kept.
    </Notice>
  );
}

interface FolderFieldProps {
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

function FolderField({ value, onChange }: FolderFieldProps): ReactElement {
  const { data } = useQuery({
    queryKey: ['dashboards'],
    queryFn: async ({ signal }) => (await fetchApi<DashboardsData>('/dashboards', {}, signal)).data,
  });
  const own = data?.dashboards.filter(({ origin }) => origin === 'own') ?? [];
  const folders = [...new Set(own.map(({ folder }) => folder))].filter((name) => name !== '');
  return (
    <Autocomplete
      label="Folder"
      placeholder="General"
      data={folders}
      value={value}
      onChange={onChange}
    />
  );
}
