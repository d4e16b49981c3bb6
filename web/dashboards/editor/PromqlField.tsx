import { lazy, type ReactElement, Suspense, useEffect, useRef, useState } from 'react';
import '../../styles/promql-field.css';

const Editor = lazy(async () => ({
  default: (await import('../../query/editor/Editor.tsx')).Editor,
}));

interface PromqlFieldProps {
  /** The accessible name. */
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  /** A text that is not the value: at Enter, or when the field is left. */
  readonly onSettle: (text: string) => void;
}

/** PromQL of a dashboard, with completion. Variables may stand in it, so that only the server says what is wrong. */
export function PromqlField(props: PromqlFieldProps): ReactElement {
  const { label, value, autoFocus = false } = props;
  const { placeholder = 'PromQL; Enter asks it, Shift-Enter begins a new line' } = props;
  const [draft, setDraft] = useState({ text: value, of: value });
  if (draft.of !== value) setDraft({ text: value, of: value });
  const settle = useRef((): void => undefined);
  useEffect(() => {
    settle.current = () => {
      if (draft.text !== value && draft.of === value) props.onSettle(draft.text);
    };
  });
  // What is typed is not lost where the page goes on without the field.
  useEffect(() => () => settle.current(), []);
  return (
    <div
      className="nx-promql-field"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) settle.current();
      }}
    >
      <Suspense fallback={<div className="nx-editor" />}>
        <Editor
          // It takes its name once.
          key={label}
          value={draft.text}
          onChange={(text) => setDraft({ text, of: value })}
          onExecute={() => settle.current()}
          autoFocus={autoFocus}
          label={label}
          placeholder={placeholder}
          marksMistakes={false}
        />
      </Suspense>
      {draft.text !== value && <span className="nx-promql-draft">Enter asks it</span>}
    </div>
  );
}
