import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import {
  type Direction,
  type ExpandedPanel,
  hasOldRows,
  inReadingOrder,
  type Layout,
  type LayoutRow,
  panelName,
  readLayout,
  resizePanel,
  stepPanel,
  writeLayout,
} from '#dashboards';
import { Notice } from '../../components/Notice.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import { EditCell } from './EditCell.tsx';
import { EditRowHead } from './EditRowHead.tsx';
import { EmptyDashboard } from './EmptyDashboard.tsx';
import { cellStyle } from './edit-cell-style.ts';
import { type DragKind, type PanelDragging, usePanelDrag } from './use-panel-drag.ts';
import { type EditedDashboard, useEdited } from './use-edited-dashboard.ts';

interface EditRowsProps {
  readonly scope: DashboardScope;
}

/** All rows and panels of the file, each once, to be moved, resized, added and removed. */
export function EditRows({ scope }: EditRowsProps): ReactElement {
  const edited = useEdited();
  const { json } = edited;
  const layout = useMemo(() => readLayout(json), [json]);
  const panels = useFirstCopies(scope);
  const [told, setTold] = useState('');
  const refocus = useFocusAfterChange(json);
  const keep = (next: Layout, id: number, kind: DragKind): void => {
    const what = kind === 'move' ? 'Moved' : 'Resized';
    edited.change(writeLayout(json, next), `${what} ${panelName(json, id)}`);
  };
  const dragging = usePanelDrag(layout, keep);
  const nudge = (id: number, direction: Direction, kind: DragKind): void => {
    const next = (kind === 'move' ? stepPanel : resizePanel)(layout, id, direction);
    keep(next, id, kind);
    setTold(`${panelName(json, id)} ${placeInWords(next, id)}`);
    refocus(`[data-edit-cell="${id}"] [data-edit-${kind}]`);
  };
  return (
    <div className="nx-edit" data-dragging={dragging.drag !== undefined}>
      <OldRowsNotice edited={edited} />
      {layout.length === 0 && <EmptyDashboard />}
      {layout.map((row, index) => (
        <EditRow
          key={row.id}
          {...{ row, index, layout, panels, dragging, scope, nudge }}
          shown={dragging.drag?.preview[index] ?? row}
        />
      ))}
      <p className="nx-visually-hidden" role="status">
        {told}
      </p>
    </div>
  );
}

/** Of what repeats, the first copy stands for all. */
function useFirstCopies({ expanded }: DashboardScope): ReadonlyMap<number, ExpandedPanel> {
  return useMemo(() => {
    const panels = expanded.rows.flatMap((row) => row.panels);
    return new Map(panels.toReversed().map((panel) => [panel.sourceId, panel]));
  }, [expanded]);
}

/** What is moved into another row, or past another panel, stands elsewhere in the document and lost the focus. */
function useFocusAfterChange(json: unknown): (selector: string) => void {
  const wanted = useRef('');
  useEffect(() => {
    if (wanted.current === '') return;
    const element = document.querySelector<HTMLElement>(wanted.current);
    wanted.current = '';
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
  }, [json]);
  return (selector) => {
    wanted.current = selector;
  };
}

function placeInWords(layout: Layout, id: number): string {
  const place = layout.flatMap(({ panels }) => panels).find((panel) => panel.id === id)?.place;
  if (place === undefined) return '';
  const { x, y, w, h } = place;
  return `at column ${x + 1}, line ${y + 1}, ${w} wide, ${h} high`;
}

function OldRowsNotice({ edited }: { readonly edited: EditedDashboard }): ReactElement | null {
  const { json, saved } = edited;
  if (!hasOldRows(saved)) return null;
  return (
    <Notice kind="info">
      {hasOldRows(json)
        ? 'This file has its panels in rows, as Grafana had them before 2018. The first change of the layout writes all of them as the grid of today.'
        : 'The rows of before 2018 are written as the grid of today now. Undo takes that back.'}
    </Notice>
  );
}

interface EditRowProps {
  readonly row: LayoutRow;
  readonly index: number;
  /** As it stands while something is dragged. */
  readonly shown: LayoutRow;
  readonly layout: Layout;
  readonly panels: ReadonlyMap<number, ExpandedPanel>;
  readonly dragging: PanelDragging;
  readonly scope: DashboardScope;
  readonly nudge: (id: number, direction: Direction, kind: DragKind) => void;
}

function EditRow(props: EditRowProps): ReactElement {
  const { row, shown, layout, panels, dragging, scope, nudge } = props;
  const { drag, start } = dragging;
  const places = new Map(shown.panels.map(({ id, place }) => [id, place]));
  const dropped = drag?.kind === 'move' ? places.get(drag.id) : undefined;
  return (
    <section className="nx-dash-section">
      {row.head !== undefined && <EditRowHead {...{ row, layout, scope }} />}
      {!row.isCollapsed && (
        <div className="nx-dash-grid nx-edit-grid" data-edit-grid={row.id}>
          {inReadingOrder(row.panels).map(({ id, place }) => (
            <EditCell
              key={id}
              id={id}
              place={places.get(id) ?? place}
              held={drag?.id === id ? drag : undefined}
              expanded={panels.get(id)}
              onGrab={start}
              onNudge={nudge}
            />
          ))}
          {dropped !== undefined && <div className="nx-edit-place" style={cellStyle(dropped)} />}
          {shown.panels.length === 0 && (
            <p className="nx-edit-none">No panels here. Drag one in, or add one.</p>
          )}
        </div>
      )}
    </section>
  );
}
