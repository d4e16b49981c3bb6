import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, useRef } from 'react';
import { LEGEND_ROW_PX, type LegendRow } from './legend-rows.ts';

interface LongLegendProps {
  readonly rows: readonly LegendRow[];
  readonly draw: (row: LegendRow) => ReactElement;
}

/** Of a legend only the rows in sight are in the document. */
export function LongLegend({ rows, draw }: LongLegendProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current?.parentElement ?? null,
    estimateSize: () => LEGEND_ROW_PX,
    overscan: 8,
  });
  return (
    <div
      ref={list}
      className="nx-panel-legend-virtual"
      style={{ height: virtualizer.getTotalSize() }}
    >
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        return (
          <div
            key={item.key}
            className="nx-virtual-row"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {row !== undefined && draw(row)}
          </div>
        );
      })}
    </div>
  );
}
