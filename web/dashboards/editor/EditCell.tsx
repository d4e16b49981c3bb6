import { type KeyboardEvent, memo, type ReactElement } from 'react';
import type { Direction, ExpandedPanel, GridPlace } from '#dashboards';
import { Icon } from '../../components/Icon.tsx';
import { PanelCard } from '../PanelCard.tsx';
import { cellStyle } from './edit-cell-style.ts';
import type { DragKind, PanelDrag, PanelDragging } from './use-panel-drag.ts';

interface EditCellProps {
  readonly id: number;
  readonly place: GridPlace;
  /** While it is dragged. */
  readonly held: PanelDrag | undefined;
  /** Undefined where the panel cannot be shown. */
  readonly expanded: ExpandedPanel | undefined;
  readonly onGrab: PanelDragging['start'];
  readonly onNudge: (id: number, direction: Direction, kind: DragKind) => void;
}

/** A panel with what it is moved and resized by. */
export function EditCell(props: EditCellProps): ReactElement {
  const { id, place, held, expanded, onGrab, onNudge } = props;
  const isMoved = held?.kind === 'move';
  const title = expanded?.panel.title ?? '';
  const name = title === '' ? `panel ${id}` : title;
  const repeats = expanded?.panel.repeat?.variable ?? '';
  const pressed = (event: KeyboardEvent, kind: DragKind): void => {
    const direction = DIRECTIONS[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onNudge(id, direction, event.shiftKey ? 'resize' : kind);
  };
  return (
    <div
      className="nx-dash-cell nx-edit-cell"
      data-edit-cell={id}
      data-held={held?.kind}
      style={isMoved ? { ...held.held, ...cellStyle(place) } : cellStyle(place)}
    >
      {expanded === undefined ? <div className="nx-tile" /> : <Card expanded={expanded} />}
      <button
        type="button"
        className="nx-edit-grip"
        data-edit-move=""
        aria-label={`Move ${name}: arrow keys, with Shift resize`}
        onPointerDown={(event) => onGrab(event, id, 'move')}
        onKeyDown={(event) => pressed(event, 'move')}
      >
        <Icon name="grip" size={15} />
        {repeats !== '' && <span className="nx-edit-repeat">repeats by ${repeats}</span>}
      </button>
      <button
        type="button"
        className="nx-edit-corner"
        data-edit-resize=""
        aria-label={`Resize ${name}: arrow keys`}
        onPointerDown={(event) => onGrab(event, id, 'resize')}
        onKeyDown={(event) => pressed(event, 'resize')}
      />
    </div>
  );
}

/** Panels that only stand elsewhere are not drawn again. */
const Card = memo(PanelCard);

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
