import {
  type DragEvent,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useState,
} from 'react';
import { Icon } from '../../../components/Icon.tsx';
import { IconButton } from '../../../components/IconButton.tsx';

export interface OrderedItem {
  /** What people know it by. */
  readonly name: string;
  /** In a word: `query`, `link`. */
  readonly kind: string;
  /** One line: what it asks, where it leads. */
  readonly detail: string;
  readonly marks: ReactNode;
}

interface OrderedItemsProps {
  readonly label: string;
  readonly items: readonly OrderedItem[];
  /** Which one is open. */
  readonly open: number | undefined;
  readonly onOpen: (index: number | undefined) => void;
  readonly onMove: (from: number, to: number) => void;
  readonly onDuplicate: (index: number) => void;
  readonly onRemove: (index: number) => void;
  /** The form of the one that is open. */
  readonly children: ReactNode;
}

/** A list whose items are opened in place, and put in order by dragging their handles or by arrow keys on them. */
export function OrderedItems(props: OrderedItemsProps): ReactElement {
  const { label, items, open, onMove } = props;
  const [dragged, setDragged] = useState<number | undefined>(undefined);
  const [over, setOver] = useState<number | undefined>(undefined);
  const [told, setTold] = useState('');
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= items.length || from === to) return;
    onMove(from, to);
    setTold(`${items[from]?.name ?? ''} is now number ${to + 1} of ${items.length}`);
  };
  const drop = (): void => {
    if (dragged !== undefined && over !== undefined) move(dragged, over);
    setDragged(undefined);
    setOver(undefined);
  };
  return (
    <>
      <ol className="nx-ordered" aria-label={label}>
        {items.map((item, i) => (
          <li
            // By place: the name may be what is being edited.
            key={i}
            data-open={open === i}
            data-dragged={dragged === i}
            data-over={
              dragged !== undefined && over === i ? (i > dragged ? 'below' : 'above') : undefined
            }
            onDragOver={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              setOver(i);
            }}
            onDrop={(event) => {
              event.preventDefault();
              drop();
            }}
          >
            <ItemHead
              {...{ item, index: i, move }}
              isOpen={open === i}
              onToggle={() => props.onOpen(open === i ? undefined : i)}
              onDrag={setDragged}
              onEnd={drop}
            />
            {open === i && (
              <div className="nx-ordered-form">
                {props.children}
                <ItemActions {...props} index={i} move={move} name={item.name} />
              </div>
            )}
          </li>
        ))}
      </ol>
      <span className="nx-hidden" aria-live="polite">
        {told}
      </span>
    </>
  );
}

interface ItemHeadProps {
  readonly item: OrderedItem;
  readonly index: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly move: (from: number, to: number) => void;
  readonly onDrag: (index: number | undefined) => void;
  readonly onEnd: () => void;
}

function ItemHead({
  item,
  index,
  isOpen,
  onToggle,
  move,
  onDrag,
  onEnd,
}: ItemHeadProps): ReactElement {
  const press = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(index, index + by);
    focusHandle(event.currentTarget, by);
  };
  const start = (event: DragEvent): void => {
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', item.name);
    onDrag(index);
  };
  return (
    <div className="nx-ordered-head">
      <button
        type="button"
        className="nx-ordered-grip"
        draggable
        aria-label={`Move ${item.name}: arrow keys, or drag`}
        title="Drag, or press ↑ and ↓"
        onKeyDown={press}
        onDragStart={start}
        onDragEnd={onEnd}
      >
        <Icon name="grip" size={16} />
      </button>
      <button type="button" className="nx-ordered-toggle" aria-expanded={isOpen} onClick={onToggle}>
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={16} />
        <span className="nx-ordered-name">{item.name}</span>{' '}
        <span className="nx-ordered-kind">{item.kind}</span>{' '}
        <code className="nx-ordered-detail">{item.detail}</code>
      </button>
      <span className="nx-ordered-marks">{item.marks}</span>
    </div>
  );
}

/** Items are known by their place: the handle of the one that moved is that of the next place. */
function focusHandle(handle: HTMLElement, by: number): void {
  const item = handle.closest('li');
  const other = by < 0 ? item?.previousElementSibling : item?.nextElementSibling;
  other?.querySelector<HTMLElement>('.nx-ordered-grip')?.focus();
}

interface ItemActionsProps extends OrderedItemsProps {
  readonly index: number;
  readonly name: string;
  readonly move: (from: number, to: number) => void;
}

function ItemActions(props: ItemActionsProps): ReactElement {
  const { index, name, items, move, onDuplicate, onRemove } = props;
  return (
    <div className="nx-ordered-actions">
      <IconButton
        icon="chevronUp"
        label={`Move ${name} up`}
        disabled={index === 0}
        onClick={() => move(index, index - 1)}
      />
      <IconButton
        icon="chevronDown"
        label={`Move ${name} down`}
        disabled={index === items.length - 1}
        onClick={() => move(index, index + 1)}
      />
      <IconButton icon="duplicate" label={`Duplicate ${name}`} onClick={() => onDuplicate(index)} />
      <IconButton icon="trash" label={`Remove ${name}`} onClick={() => onRemove(index)} />
    </div>
  );
}
