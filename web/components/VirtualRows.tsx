import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

interface VirtualRowsProps {
  readonly count: number;
  /** In pixels: a first guess, since each row is measured once it is shown. */
  readonly estimateHeight: (index: number) => number;
  readonly keyOf: (index: number) => string | number;
  readonly render: (index: number) => ReactNode;
  readonly role?: 'list' | 'rowgroup';
  /** The heights are no guess: measuring each row that comes into sight is most of the work of scrolling. */
  readonly hasExactHeights?: boolean;
}

/** Rows of a list that scrolls with the page; only those in sight are in the document. */
export function VirtualRows(props: VirtualRowsProps): ReactElement {
  const { count, estimateHeight, keyOf, render, role = 'list', hasExactHeights = false } = props;
  const list = useRef<HTMLDivElement>(null);
  const [offsetTop, setOffsetTop] = useState(0);
  useLayoutEffect(() => {
    const rect = list.current?.getBoundingClientRect();
    const top = rect === undefined ? 0 : Math.round(rect.top + window.scrollY);
    if (top !== offsetTop) setOffsetTop(top);
  });
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: estimateHeight,
    getItemKey: keyOf,
    overscan: 8,
    scrollMargin: offsetTop,
  });
  const itemRole = role === 'list' ? 'listitem' : undefined;
  return (
    <div
      ref={list}
      role={role}
      style={{ height: virtualizer.getTotalSize(), position: 'relative' }}
    >
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={hasExactHeights ? undefined : virtualizer.measureElement}
          role={itemRole}
          data-index={item.index}
          className="nx-virtual-row"
          style={{ transform: `translateY(${item.start - virtualizer.options.scrollMargin}px)` }}
        >
          {render(item.index)}
        </div>
      ))}
    </div>
  );
}
