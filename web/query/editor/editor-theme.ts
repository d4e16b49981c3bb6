import { HighlightStyle } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours are the page's variables, so one theme serves both schemes. */
export const editorTheme: Extension = EditorView.theme({
  '&': { fontSize: '0.9rem', backgroundColor: 'transparent', color: 'var(--nx-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-content': { padding: '9px 12px', caretColor: 'var(--nx-accent)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--nx-quiet)', fontFamily: 'var(--mantine-font-family)' },
  '.cm-cursor': { borderLeftColor: 'var(--nx-accent)', borderLeftWidth: '2px' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': {
    backgroundColor: 'var(--nx-accent-soft)',
    outline: '1px solid var(--nx-accent-line)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--nx-bad-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--nx-raised)',
    border: '1px solid var(--nx-line)',
    borderRadius: '8px',
    boxShadow: 'var(--mantine-shadow-md)',
    color: 'var(--nx-text)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontSize: '0.82rem',
    maxHeight: '320px',
    maxWidth: 'min(640px, 90vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: '1.4' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--nx-accent-soft)',
    color: 'var(--nx-text)',
  },
  '.cm-completionDetail': {
    fontFamily: 'var(--mantine-font-family)',
    fontStyle: 'normal',
    color: 'var(--nx-quiet)',
    marginLeft: '1.2em',
  },
  '.cm-completionMatchedText': {
    textDecoration: 'none',
    fontWeight: '700',
    color: 'var(--nx-accent)',
  },
  '.cm-completionInfo': {
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '0.82rem',
    padding: '8px 12px',
    maxWidth: '340px',
  },
  // Lines instead of CodeMirror's `data:` pictures, which a strict policy refuses.
  '.cm-lintRange': { backgroundImage: 'none', paddingBottom: '0' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--nx-bad) 1px',
    textUnderlineOffset: '4px',
  },
  '.cm-lintRange-warning, .cm-lintRange-info, .cm-lintRange-hint': {
    backgroundImage: 'none',
    textDecoration: 'underline dotted var(--nx-warn) 1px',
    textUnderlineOffset: '4px',
  },
  '.cm-diagnostic': { fontFamily: 'var(--mantine-font-family)', fontSize: '0.82rem' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--nx-bad)' },
});

export const highlightStyle: HighlightStyle = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--nx-code-keyword)', fontWeight: '600' },
  { tag: tags.operatorKeyword, color: 'var(--nx-code-keyword)', fontWeight: '600' },
  { tag: tags.modifier, color: 'var(--nx-code-keyword)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--nx-code-function)' },
  { tag: tags.labelName, color: 'var(--nx-code-label)' },
  { tag: tags.string, color: 'var(--nx-code-string)' },
  { tag: tags.number, color: 'var(--nx-code-number)' },
  { tag: tags.comment, color: 'var(--nx-quiet)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--nx-bad)' },
]);
