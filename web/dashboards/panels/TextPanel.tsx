import '../../styles/dashboard-panels.css';
import { marked } from 'marked';
import { type ReactElement, useMemo } from 'react';
import { pathPrefix } from '../../location/location.ts';
import type { PanelProps } from './panel-props.ts';
import { readTextNodes, type TextNodes } from './TextNodes.ts';

/** A text panel of more is cut: it is nothing that a person reads in a panel. */
export const TEXT_CHARACTERS_MAX = 100_000;

export function TextPanel({ panel, options, interpolate }: PanelProps<'text'>): ReactElement {
  const { mode } = options;
  const source = options.content.slice(0, TEXT_CHARACTERS_MAX);
  const content = interpolate(source, mode === 'code' ? 'text' : 'html');
  const text = content.slice(0, TEXT_CHARACTERS_MAX);
  const read = useMemo(() => readText(text, mode), [text, mode]);
  const isCut =
    read.isCut || source.length < options.content.length || text.length < content.length;
  return (
    // A long text is scrolled, by the keyboard too.
    <div
      className="nx-text-panel"
      data-mode={mode}
      role="region"
      aria-label={panel.title === '' ? 'Text' : panel.title}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {mode === 'code' ? (
        <pre>
          <code>{text}</code>
        </pre>
      ) : (
        read.nodes
      )}
      {isCut && (
        <p className="nx-quiet">The text is longer than a panel shows; the rest is left out.</p>
      )}
    </div>
  );
}

function readText(text: string, mode: string): TextNodes {
  if (mode === 'code') return { nodes: undefined, isCut: false };
  const html = mode === 'html' ? text : marked.parse(text, { async: false, gfm: true });
  return readTextNodes(html, { pageUrl: document.baseURI, pathPrefix });
}
