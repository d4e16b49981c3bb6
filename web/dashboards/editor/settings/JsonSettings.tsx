import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  StreamLanguage,
  type StreamParser,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { Button } from '@mantine/core';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { editorTheme } from '../../../query/editor/editor-theme.ts';
import { Notice } from '../../../components/Notice.tsx';
import { ProblemList } from '../../ProblemList.tsx';
import { printJson, readJsonText } from './json-text.ts';
import { useSettingsEdit } from './settings-edit.ts';

/** The file itself. What is no dashboard is refused, with its place. */
export function JsonSettings(): ReactElement {
  const { json, change } = useSettingsEdit();
  const own = useMemo(() => printJson(json), [json]);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const text = draft ?? own;
  const read = useMemo(() => readJsonText(text), [text]);
  const apply = (): void => {
    if (!read.ok) return;
    change(read.json, 'JSON of the dashboard');
    setDraft(undefined);
  };
  return (
    <>
      <JsonEditor value={text} onChange={(next) => setDraft(next === own ? undefined : next)} />
      {!read.ok && (
        <Notice kind="error" title="This is no dashboard">
          Line {read.fault.line}, column {read.fault.column}: {read.fault.message}
        </Notice>
      )}
      {read.ok && read.problems.length > 0 && (
        <Notice kind="warning" title="What cannot be read as it is meant">
          <ProblemList problems={read.problems} />
        </Notice>
      )}
      <div className="nx-settings-adds">
        <Button disabled={draft === undefined || !read.ok} onClick={apply}>
          Apply
        </Button>
        <Button
          variant="default"
          disabled={draft === undefined}
          onClick={() => setDraft(undefined)}
        >
          Undo what was typed
        </Button>
      </div>
    </>
  );
}

interface JsonEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function JsonEditor({ value, onChange }: JsonEditorProps): ReactElement {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const changed = useRef(onChange);
  const initial = useRef(value);
  useEffect(() => {
    changed.current = onChange;
  });
  useEffect(() => {
    if (parent.current === null) return undefined;
    const extensions = jsonExtensions((text) => changed.current(text));
    const state = EditorState.create({ doc: initial.current, extensions });
    const created = new EditorView({ parent: parent.current, state });
    view.current = created;
    return () => created.destroy();
  }, []);
  useEffect(() => {
    const shown = view.current;
    if (shown === undefined || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={parent} className="nx-settings-json" />;
}

function jsonExtensions(onChange: (text: string) => void): Extension {
  return [
    editorTheme,
    lineNumbers(),
    history(),
    bracketMatching(),
    StreamLanguage.define(JSON_PARSER),
    syntaxHighlighting(JSON_COLOURS),
    linter(faultsOf),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': 'JSON of the dashboard',
      tabindex: '0',
    }),
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}

function faultsOf({ state }: EditorView): readonly Diagnostic[] {
  const read = readJsonText(state.doc.toString());
  if (read.ok) return [];
  const { line, column, message } = read.fault;
  const { from, to } = state.doc.line(Math.min(line, state.doc.lines));
  const start = Math.min(from + column - 1, to);
  return [{ from: start, to: Math.min(start + 1, to), severity: 'error', message }];
}

/** Colours only: what is wrong is found by our own reader, which says so with its place. */
const JSON_PARSER: StreamParser<undefined> = {
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) {
      return stream.match(/^\s*:/, false) ? 'propertyName' : 'string';
    }
    if (stream.match(/^-?\d[\d.eE+-]*/)) return 'number';
    if (stream.match(/^(?:true|false|null)\b/)) return 'keyword';
    stream.next();
    return null;
  },
};

const JSON_COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--nx-code-label)' },
  { tag: tags.string, color: 'var(--nx-code-string)' },
  { tag: tags.number, color: 'var(--nx-code-number)' },
  { tag: tags.keyword, color: 'var(--nx-code-keyword)' },
]);
