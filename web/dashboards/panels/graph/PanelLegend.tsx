import {
  type CSSProperties,
  lazy,
  type MouseEvent,
  type ReactElement,
  Suspense,
  useMemo,
  useState,
} from 'react';
import type { LegendOptions } from '#dashboards';
import { isolate, toggle } from '../../../chart/hidden-series.ts';
import {
  arrangeRows,
  type LegendPlace,
  type LegendRow,
  type LegendSort,
  NAME_TITLE,
  nextSort,
} from './legend-rows.ts';

const LongLegend = lazy(async () => ({ default: (await import('./LongLegend.tsx')).LongLegend }));

interface PanelLegendProps {
  readonly rows: readonly LegendRow[];
  /** Of the cells. */
  readonly titles: readonly string[];
  readonly options: LegendOptions;
  readonly place: LegendPlace;
  readonly hidden: ReadonlySet<string>;
  readonly onHiddenChange: (hidden: ReadonlySet<string>) => void;
}

/** From here on only what is in sight is in the document. */
const PLAIN_ROWS_MAX = 60;

/** A click shows one series alone (again: all); with Ctrl, Cmd or Shift it hides or shows that one. */
export function PanelLegend(props: PanelLegendProps): ReactElement {
  const { rows, titles, options, place, hidden, onHiddenChange } = props;
  const [sort, setSort] = useState<LegendSort>(() => ({
    by: options.sortBy,
    isDescending: options.sortsDescending,
  }));
  const shown = useMemo(
    () => arrangeRows(rows, titles, { sort, options }),
    [rows, titles, sort, options],
  );
  const click = (key: string, event: MouseEvent): void => {
    const isOne = event.ctrlKey || event.metaKey || event.shiftKey;
    const keys = rows.map((row) => row.key);
    onHiddenChange(isOne ? toggle(hidden, key) : isolate(keys, hidden, key));
  };
  const isTable = options.mode === 'table';
  const draw = (row: LegendRow): ReactElement => (
    <LegendItem
      key={row.key}
      row={row}
      titles={titles}
      isTable={isTable}
      isHidden={hidden.has(row.key)}
      onClick={(event) => click(row.key, event)}
    />
  );
  return (
    <div
      className="nx-panel-legend"
      role="group"
      aria-label="Series: a click shows one alone, with Ctrl it hides or shows it"
      data-mode={options.mode}
      data-placement={place.placement}
      style={{ width: place.width, height: place.height, ...cellWidth(rows, place) }}
    >
      {isTable && titles.length > 0 && (
        <LegendHead titles={titles} sort={sort} onSort={(by) => setSort(nextSort(sort, by))} />
      )}
      {shown.length > PLAIN_ROWS_MAX ? (
        <Suspense fallback={null}>
          <LongLegend rows={shown} draw={draw} />
        </Suspense>
      ) : (
        shown.map(draw)
      )}
    </div>
  );
}

const CELL_PX_MIN = 76;
const CELL_PX_MAX = 130;
const CHARACTER_PX = 7;
const CELL_GAP_PX = 12;
const MEASURED_ROWS = 200;

/** All columns are as wide as the longest value needs; beside a graph there is no room for more. */
function cellWidth(rows: readonly LegendRow[], { placement }: LegendPlace): CSSProperties {
  if (placement !== 'bottom') return {};
  const texts = rows.slice(0, MEASURED_ROWS).flatMap(({ cells }) => cells);
  const longest = texts.reduce((most, { text }) => Math.max(most, text.length), 0);
  const wanted = Math.min(CELL_PX_MAX, longest * CHARACTER_PX + CELL_GAP_PX);
  return { '--nx-legend-cell': `${Math.max(CELL_PX_MIN, wanted)}px` } as CSSProperties;
}

interface LegendHeadProps {
  readonly titles: readonly string[];
  readonly sort: LegendSort;
  readonly onSort: (title: string) => void;
}

function LegendHead({ titles, sort, onSort }: LegendHeadProps): ReactElement {
  return (
    <div className="nx-panel-legend-head">
      {[NAME_TITLE, ...titles].map((title) => (
        <button
          key={title}
          type="button"
          aria-pressed={sort.by === title}
          title={`Sort by ${title}`}
          onClick={() => onSort(title)}
        >
          {title}
          {sort.by === title && (sort.isDescending ? ' ↓' : ' ↑')}
        </button>
      ))}
    </div>
  );
}

interface LegendItemProps {
  readonly row: LegendRow;
  readonly titles: readonly string[];
  readonly isTable: boolean;
  readonly isHidden: boolean;
  readonly onClick: (event: MouseEvent) => void;
}

function LegendItem({ row, titles, isTable, isHidden, onClick }: LegendItemProps): ReactElement {
  return (
    <button
      type="button"
      className="nx-panel-legend-row"
      aria-pressed={!isHidden}
      data-hidden={isHidden}
      title={row.name}
      onClick={onClick}
    >
      <span className="nx-panel-legend-swatch" style={{ backgroundColor: row.colour }} />
      <span className="nx-panel-legend-name">{row.name}</span>
      {row.cells.map(({ text }, i) => (
        <span key={titles[i]} className="nx-number nx-panel-legend-cell">
          {!isTable && <span className="nx-quiet">{titles[i]}: </span>}
          {text}
        </span>
      ))}
    </button>
  );
}
