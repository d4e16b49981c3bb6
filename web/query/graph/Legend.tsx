import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactElement, useRef } from 'react';
import type { LabelObject } from '#contract';
import { isolate, toggle } from '../../chart/hidden-series.ts';
import { formatSi } from '../../format/numbers.ts';
import { SeriesName } from '../SeriesName.tsx';

export interface LegendEntry {
  readonly key: string;
  readonly metric: LabelObject;
  readonly colour: string;
  readonly last: number | undefined;
}

interface LegendProps {
  readonly entries: readonly LegendEntry[];
  readonly hidden: ReadonlySet<string>;
  readonly onHiddenChange: (hidden: ReadonlySet<string>) => void;
}

/** Above this the legend scrolls by itself and only what is in sight is in the document. */
const PLAIN_ENTRIES_MAX = 60;

/** A click shows one series alone (again: all); with Ctrl or Cmd it hides or shows that one. */
export function Legend({ entries, hidden, onHiddenChange }: LegendProps): ReactElement {
  const click = (key: string, event: MouseEvent): void => {
    const keys = entries.map((entry) => entry.key);
    onHiddenChange(
      event.ctrlKey || event.metaKey ? toggle(hidden, key) : isolate(keys, hidden, key),
    );
  };
  const row = (entry: LegendEntry): ReactElement => (
    <LegendRow
      key={entry.key}
      entry={entry}
      isHidden={hidden.has(entry.key)}
      onClick={(event) => click(entry.key, event)}
    />
  );
  return (
    <div className="nx-legend" role="group" aria-label="Series">
      {entries.length <= PLAIN_ENTRIES_MAX ? (
        entries.map(row)
      ) : (
        <VirtualLegend entries={entries} row={row} />
      )}
      {entries.length > 1 && (
        <p className="nx-quiet nx-legend-hint">
          Click a series to see it alone, Ctrl-click to hide it.
        </p>
      )}
    </div>
  );
}

interface LegendRowProps {
  readonly entry: LegendEntry;
  readonly isHidden: boolean;
  readonly onClick: (event: MouseEvent) => void;
}

function LegendRow({ entry, isHidden, onClick }: LegendRowProps): ReactElement {
  return (
    <button
      type="button"
      className="nx-legend-row"
      aria-pressed={!isHidden}
      data-hidden={isHidden}
      onClick={onClick}
    >
      <span className="nx-swatch" style={{ backgroundColor: entry.colour }} />
      <SeriesName metric={entry.metric} />
      <span className="nx-legend-last nx-number" title="Last value">
        {entry.last === undefined ? '–' : formatSi(entry.last, 3)}
      </span>
    </button>
  );
}

interface VirtualLegendProps {
  readonly entries: readonly LegendEntry[];
  readonly row: (entry: LegendEntry) => ReactElement;
}

function VirtualLegend({ entries, row }: VirtualLegendProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 30,
    overscan: 12,
  });
  return (
    <div ref={scroller} className="nx-legend-scroller">
      <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {virtualizer.getVirtualItems().map((item) => {
          const entry = entries[item.index];
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className="nx-virtual-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {entry !== undefined && row(entry)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
