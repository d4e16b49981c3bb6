import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';
import { findInLayout, type GridPlace, type Layout, movePanel } from '#dashboards';
import { GAP_PX, ROW_PX } from '../grid-layout.ts';

export type DragKind = 'move' | 'resize';

/** A panel that is being dragged or resized by the pointer. */
export interface PanelDrag {
  readonly id: number;
  readonly kind: DragKind;
  /** How all stands if it is let go now. */
  readonly preview: Layout;
  /** Where the panel itself is held, on the screen. */
  readonly held: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

interface Grab {
  readonly id: number;
  readonly kind: DragKind;
  readonly layout: Layout;
  readonly rowId: number;
  readonly place: GridPlace;
  /** Of the panel on the page, and the pointer within it. */
  readonly rect: DOMRect;
  readonly pointerX: number;
  readonly pointerY: number;
  readonly grids: readonly GridOnPage[];
  readonly scrollY: number;
}

/** As they were when the panel was taken: what moves away under the pointer must not move the target. */
interface GridOnPage {
  readonly rowId: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly bottom: number;
}

export interface PanelDragging {
  readonly drag: PanelDrag | undefined;
  readonly start: (event: ReactPointerEvent<HTMLElement>, id: number, kind: DragKind) => void;
}

const COLUMNS = 24;

/** Drags panels by the pointer; `onDrop` gets the layout that came of it. Esc lets the panel go back. */
export function usePanelDrag(
  layout: Layout,
  onDrop: (layout: Layout, id: number, kind: DragKind) => void,
): PanelDragging {
  const [drag, setDrag] = useState<PanelDrag | undefined>(undefined);
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const start = (event: ReactPointerEvent<HTMLElement>, id: number, kind: DragKind): void => {
    const grab = event.button === 0 ? grabPanel(event, { id, kind, layout }) : undefined;
    if (grab === undefined) return;
    event.preventDefault();
    event.currentTarget.focus();
    let last: PanelDrag | undefined;
    stop.current?.();
    stop.current = followPointer({
      onMove: (clientX, clientY) => {
        last = dragTo(grab, clientX, clientY);
        setDrag(last);
      },
      onEnd: (isDropped) => {
        stop.current = undefined;
        setDrag(undefined);
        if (isDropped && last !== undefined) onDrop(last.preview, id, kind);
      },
    });
  };
  return { drag, start };
}

interface Grabbed {
  readonly id: number;
  readonly kind: DragKind;
  readonly layout: Layout;
}

function grabPanel(
  event: ReactPointerEvent<HTMLElement>,
  { id, kind, layout }: Grabbed,
): Grab | undefined {
  const found = findInLayout(layout, id);
  const cell = event.currentTarget.closest('[data-edit-cell]');
  if (found === undefined || cell === null) return undefined;
  return {
    id,
    kind,
    layout,
    rowId: found.row.id,
    place: found.panel.place,
    rect: cell.getBoundingClientRect(),
    pointerX: event.clientX,
    pointerY: event.clientY,
    grids: gridsOnPage(),
    scrollY: window.scrollY,
  };
}

function gridsOnPage(): readonly GridOnPage[] {
  return [...document.querySelectorAll<HTMLElement>('[data-edit-grid]')].map((grid) => {
    const { left, top, width, bottom } = grid.getBoundingClientRect();
    return { rowId: Number(grid.dataset['editGrid']), left, top, width, bottom };
  });
}

function dragTo(grab: Grab, clientX: number, clientY: number): PanelDrag {
  const { id, kind, rect, layout } = grab;
  const byX = clientX - grab.pointerX;
  const byY = clientY - grab.pointerY;
  const held = {
    left: rect.left + byX,
    top: rect.top + byY,
    width: rect.width,
    height: rect.height,
  };
  const target = kind === 'move' ? moveTarget(grab, held) : resizeTarget(grab, byX, byY);
  return { id, kind, held, preview: movePanel(layout, id, target) };
}

/** Into the grid in which its upper edge is; what lies between two belongs to the upper one. */
function moveTarget(
  { grids, place, rowId, scrollY }: Grab,
  held: PanelDrag['held'],
): { rowId: number; place: GridPlace } {
  const top = held.top + window.scrollY - scrollY;
  const edge = top + ROW_PX / 2;
  const above = grids.filter((grid) => grid.top <= edge);
  const grid = above.at(-1) ?? grids[0];
  if (grid === undefined) return { rowId, place };
  const x = Math.round((held.left - grid.left) / stepX(grid));
  const y = Math.max(0, Math.round((top - grid.top) / (ROW_PX + GAP_PX)));
  return { rowId: grid.rowId, place: { ...place, x, y } };
}

function resizeTarget(
  { grids, place, rowId, rect, scrollY }: Grab,
  byX: number,
  byY: number,
): { rowId: number; place: GridPlace } {
  const grid = grids.find((one) => one.rowId === rowId);
  if (grid === undefined) return { rowId, place };
  const height = rect.height + byY + window.scrollY - scrollY;
  const w = Math.round((rect.width + byX + GAP_PX) / stepX(grid));
  const h = Math.round((height + GAP_PX) / (ROW_PX + GAP_PX));
  const room = COLUMNS - place.x;
  return { rowId, place: { ...place, w: Math.min(Math.max(1, w), room), h: Math.max(1, h) } };
}

function stepX({ width }: GridOnPage): number {
  return (width + GAP_PX) / COLUMNS;
}

interface PointerFollower {
  readonly onMove: (clientX: number, clientY: number) => void;
  readonly onEnd: (isDropped: boolean) => void;
}

/** Until the pointer is let go. Near the edges of the window the page scrolls along. */
function followPointer({ onMove, onEnd }: PointerFollower): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let at: { x: number; y: number } | undefined;
  let frame = 0;
  const end = (isDropped: boolean): void => {
    if (signal.aborted) return;
    abort.abort();
    cancelAnimationFrame(frame);
    onEnd(isDropped);
  };
  const scroll = (): void => {
    const by = at === undefined ? 0 : scrollBy(at.y);
    if (by !== 0 && at !== undefined) {
      window.scrollBy(0, by);
      onMove(at.x, at.y);
    }
    frame = requestAnimationFrame(scroll);
  };
  const move = (event: PointerEvent): void => {
    at = { x: event.clientX, y: event.clientY };
    onMove(at.x, at.y);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    end(false);
  };
  window.addEventListener('pointermove', move, { signal });
  window.addEventListener('pointerup', () => end(true), { signal });
  window.addEventListener('pointercancel', () => end(false), { signal });
  window.addEventListener('keydown', press, { signal, capture: true });
  frame = requestAnimationFrame(scroll);
  return () => end(false);
}

const EDGE_PX = 70;
const SCROLL_PX_MAX = 14;

function scrollBy(clientY: number): number {
  // The bar of the dashboard stays at the top.
  const intoTop = 130 + EDGE_PX - clientY;
  const intoBottom = clientY - (window.innerHeight - EDGE_PX);
  if (intoTop > 0) return -Math.min(SCROLL_PX_MAX, Math.ceil(intoTop / 5));
  return intoBottom > 0 ? Math.min(SCROLL_PX_MAX, Math.ceil(intoBottom / 5)) : 0;
}
