import { TextInput } from '@mantine/core';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { changeKind, type OptionsLaidAside, type PanelKind, suggestKinds } from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { KIND_LIST, type KindEntry, kindName } from './kind-list.ts';
import { KindPicture } from './KindPicture.tsx';
import { textOf } from './OptionControls.tsx';
import { usePanelEdit } from './panel-edit.ts';

/** What the panel is, and the kinds that it could be: the preview shows each at once. */
export function KindGallery(): ReactElement {
  const { panel, kind, name, frames, change } = usePanelEdit();
  const [isOpen, setOpen] = useState(kind === 'unknown');
  const aside = useRef<OptionsLaidAside>(new Map());
  const type = textOf(panel['type']);
  const choose = (to: PanelKind): void => {
    const changed = changeKind(panel, to, aside.current);
    aside.current = changed.aside;
    change(changed.panel, `${name} as ${kindName(to)}`);
  };
  return (
    <div className="nx-pe-kind">
      <button
        type="button"
        className="nx-pe-kind-now"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <KindPicture kind={type} />
        <span className="nx-pe-kind-text">
          <span className="nx-quiet">Shown as</span>
          <strong>{kindName(type)}</strong>
        </span>
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={16} />
      </button>
      {isOpen && <Gallery type={type} frames={frames} onChoose={choose} />}
    </div>
  );
}

interface GalleryProps {
  readonly type: string;
  readonly frames: Parameters<typeof suggestKinds>[0];
  readonly onChoose: (kind: PanelKind) => void;
}

function Gallery({ type, frames, onChoose }: GalleryProps): ReactElement {
  const [text, setText] = useState('');
  const suggested = useMemo(() => suggestKinds(frames), [frames]);
  const wanted = text.trim().toLowerCase();
  const found = KIND_LIST.filter(({ name, sentence, kind }) =>
    `${name} ${sentence} ${kind}`.toLowerCase().includes(wanted),
  );
  const fitting = suggested.flatMap(({ kind }) => found.filter((entry) => entry.kind === kind));
  const others = found.filter((entry) => !fitting.includes(entry));
  const [first] = suggested;
  return (
    <div className="nx-pe-gallery">
      <TextInput
        size="sm"
        aria-label="Search kinds of panels"
        placeholder="Search"
        leftSection={<Icon name="search" size={15} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {fitting.length > 0 && first !== undefined && (
        <KindGroup
          title="Fits the data"
          note={first.because}
          entries={fitting}
          type={type}
          onChoose={onChoose}
        />
      )}
      {others.length > 0 && (
        <KindGroup title="Others" note="" entries={others} type={type} onChoose={onChoose} />
      )}
      {found.length === 0 && <p className="nx-quiet">There is no such kind.</p>}
    </div>
  );
}

interface KindGroupProps {
  readonly title: string;
  readonly note: string;
  readonly entries: readonly KindEntry[];
  readonly type: string;
  readonly onChoose: (kind: PanelKind) => void;
}

function KindGroup({ title, note, entries, type, onChoose }: KindGroupProps): ReactElement {
  return (
    <div role="group" aria-label={title}>
      <h4 className="nx-pe-group-title">
        {title} <span className="nx-quiet">{note}</span>
      </h4>
      <div className="nx-pe-kinds">
        {entries.map(({ kind, name, sentence }) => (
          <button
            key={kind}
            type="button"
            className="nx-pe-kind-card"
            aria-pressed={kind === type}
            onClick={() => onChoose(kind)}
          >
            <KindPicture kind={kind} />
            <span className="nx-pe-kind-text">
              <strong>{name}</strong>
              <span className="nx-quiet">{sentence}</span>
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}
