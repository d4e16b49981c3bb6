import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import {
  EditorView,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  placeholder,
} from '@codemirror/view';
import {
  type ReactElement,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
} from 'react';
import { type Settings, useSettings } from '../../settings/settings.ts';
import { editorTheme, highlightStyle } from './editor-theme.ts';
import { promqlExtension } from './promql-extension.ts';

export interface EditorHandle {
  readonly focus: () => void;
  /** At the cursor, in place of what is selected. */
  readonly insert: (text: string) => void;
}

export interface EditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onExecute: () => void;
  readonly autoFocus: boolean;
  /** The accessible name. */
  readonly label?: string;
  readonly placeholder?: string;
  /** False: no marks under mistakes, as in a text with variables of a dashboard, which is none of PromQL yet. */
  readonly marksMistakes?: boolean;
  readonly ref?: Ref<EditorHandle>;
}

const PLACEHOLDER = 'Expression (press / to come here, Shift-Enter for a new line)';

/** The PromQL editor. Loaded on demand: it is larger than the rest of the page. */
export function Editor(props: EditorProps): ReactElement {
  const { value, onChange, onExecute, autoFocus, ref, marksMistakes = true } = props;
  const { label = 'PromQL expression', placeholder: hint = PLACEHOLDER } = props;
  const chosen = useSettings();
  const settings = useMemo(
    () => (marksMistakes ? chosen : { ...chosen, linter: false }),
    [chosen, marksMistakes],
  );
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const language = useRef(new Compartment());
  const callbacks = useRef({ onChange, onExecute });
  const initial = useRef({ value, settings, autoFocus, label, hint });
  useEffect(() => {
    callbacks.current = { onChange, onExecute };
  });
  useEffect(() => {
    if (parent.current === null) return undefined;
    const created = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: initial.current.value,
        extensions: [
          language.current.of(languageExtensions(initial.current.settings)),
          editorExtensions(() => callbacks.current, initial.current),
        ],
      }),
    });
    view.current = created;
    if (initial.current.autoFocus) created.focus();
    return () => created.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageExtensions(settings)) });
  }, [settings]);
  useEffect(() => replaceText(view.current, value), [value]);
  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    insert: (text) => insertText(view.current, text),
  }));
  return <div ref={parent} className="nx-editor" data-shortcut="search" />;
}

function replaceText(view: EditorView | undefined, text: string): void {
  if (view === undefined || view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

function insertText(view: EditorView | undefined, text: string): void {
  if (view === undefined) return;
  view.dispatch(view.state.replaceSelection(text));
  view.focus();
}

function languageExtensions(settings: Settings): Extension {
  return [
    promqlExtension(settings),
    settings.highlighting ? syntaxHighlighting(highlightStyle) : [],
  ];
}

function editorExtensions(
  callbacks: () => Pick<EditorProps, 'onChange' | 'onExecute'>,
  { label, hint }: { readonly label: string; readonly hint: string },
): Extension {
  return [
    // First of all, before the completion's own Enter: a name typed in full is meant to run.
    Prec.highest(
      keymap.of([
        { key: 'Enter', run: (view) => isCompletionTyped(view) && execute(view, callbacks) },
      ]),
    ),
    editorTheme,
    highlightSpecialChars(),
    history(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    EditorView.lineWrapping,
    placeholder(hint),
    EditorView.contentAttributes.of({ 'aria-label': label }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    // After the completion's own Enter and Escape, which have the highest precedence.
    Prec.high(keymap.of(executeKeys(callbacks))),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) callbacks().onChange(update.state.doc.toString());
    }),
  ];
}

type Callbacks = () => Pick<EditorProps, 'onExecute'>;

function execute(view: EditorView, callbacks: Callbacks): boolean {
  closeCompletion(view);
  callbacks().onExecute();
  return true;
}

/** Whether the completion that Enter would take is already there to its last letter. */
function isCompletionTyped({ state }: EditorView): boolean {
  const label = selectedCompletion(state)?.label;
  if (label === undefined) return false;
  const { head } = state.selection.main;
  return state.sliceDoc(Math.max(head - label.length, 0), head) === label;
}

function executeKeys(callbacks: Callbacks): KeyBinding[] {
  return [
    { key: 'Enter', run: (view) => execute(view, callbacks) },
    { key: 'Mod-Enter', run: (view) => execute(view, callbacks) },
    { key: 'Shift-Enter', run: insertNewline },
    {
      key: 'Escape',
      run: (view) => {
        view.contentDOM.blur();
        return false;
      },
    },
  ];
}
