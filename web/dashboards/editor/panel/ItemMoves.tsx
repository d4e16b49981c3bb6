import type { ReactElement } from 'react';
import { IconButton } from '../../../components/IconButton.tsx';

interface ItemMovesProps {
  /** What is moved or removed: `query A`. */
  readonly what: string;
  readonly index: number;
  readonly count: number;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** Order and removal of an item of a list, by pointer or keys. */
export function ItemMoves(props: ItemMovesProps): ReactElement {
  const { what, index, count, onMove, onRemove } = props;
  return (
    <>
      <IconButton
        icon="arrowUp"
        label={`Move ${what} up`}
        size={28}
        disabled={index === 0}
        onClick={() => onMove(-1)}
      />
      <IconButton
        icon="arrowDown"
        label={`Move ${what} down`}
        size={28}
        disabled={index === count - 1}
        onClick={() => onMove(1)}
      />
      <IconButton icon="trash" label={`Remove ${what}`} size={28} onClick={onRemove} />
    </>
  );
}
