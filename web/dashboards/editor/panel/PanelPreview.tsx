import type { ReactElement, Ref } from 'react';
import { PanelContent, PanelHead } from '../../PanelCard.tsx';
import { PANELS } from '../../panels/registry.ts';
import type { EditedPanel } from './use-edited-panel.ts';

interface PanelPreviewProps {
  readonly edited: EditedPanel;
  readonly body: Ref<HTMLDivElement>;
  readonly size: { readonly width: number; readonly height: number };
}

/** The panel as it is with what was changed so far. */
export function PanelPreview({ edited, body, size }: PanelPreviewProps): ReactElement {
  const { expanded, inUse } = edited;
  const { panel } = expanded;
  const { asked, props, state, problems, setRenderer } = inUse;
  const write = props.interpolate;
  const title = write(panel.title);
  return (
    <section
      className="nx-tile nx-pe-preview"
      data-panel-id={panel.id}
      data-panel-kind={panel.options.kind}
      data-panel-state={state}
      data-transparent={panel.isTransparent}
      aria-label={`Preview of ${title === '' ? `panel ${panel.id}` : title}`}
      aria-busy={asked.isLoading}
    >
      <div className="nx-busy-line" data-busy={asked.isLoading} />
      <PanelHead panel={panel} title={title} problems={problems} write={write} menu={<></>} />
      <div ref={body} className="nx-tile-body">
        <PanelContent
          // A renderer that failed with one kind is tried anew with another.
          key={panel.options.kind}
          entry={PANELS[panel.options.kind]}
          state={state}
          problems={problems}
          props={size.width > 0 && size.height > 0 ? { ...props, size } : undefined}
          onRenderer={setRenderer}
        />
      </div>
    </section>
  );
}
