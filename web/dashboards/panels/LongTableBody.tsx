import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactElement } from 'react';

interface LongTableBodyProps {
  readonly count: number;
  readonly rowPx: number;
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly size: { readonly width: number; readonly height: number };
  readonly draw: (index: number) => ReactElement;
}

/** Only rows in sight are in the document; two empty ones stand for those before and after. */
export function LongTableBody(props: LongTableBodyProps): ReactElement {
  const { count, rowPx, scroller, size, draw } = props;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
    initialRect: { width: size.width, height: size.height },
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <tbody>
      {before > 0 && <Gap height={before} />}
      {items.map(({ index }) => draw(index))}
      {after > 0 && <Gap height={after} />}
    </tbody>
  );
}

function Gap({ height }: { readonly height: number }): ReactElement {
  return <tr aria-hidden="true" style={{ height }} />;
}
