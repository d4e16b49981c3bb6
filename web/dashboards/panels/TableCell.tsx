import type { CSSProperties, ReactElement } from 'react';
import {
  type Cell,
  cellAt,
  cellStyle,
  cellText,
  type NumberField,
  textColourOn,
  type ValueStyle,
} from '#dashboards';
import type { PanelProps } from './panel-props.ts';
import { readableColour } from './StatContrast.ts';
import { attributesOf } from './StatLinks.tsx';
import { StatSparkline } from './StatSparkline.tsx';
import { measureText } from './StatFit.ts';
import { listLinks, showValue } from './StatValues.ts';
import type { TableColumn } from './TableRows.ts';

interface TableCellProps {
  readonly column: TableColumn;
  readonly row: number;
  readonly width: number;
  readonly props: PanelProps<'table'>;
}

export function TableCell({ column, row, width, props }: TableCellProps): ReactElement {
  const { field, name, range } = column;
  const { settings } = column;
  const cell = cellAt(field, row);
  const { zone, isDark } = props;
  const shown = showValue(
    cellStyle(field, row, settings, { zone, nowMs: Date.now(), isDark, range, seriesName: name }),
  );
  const text = shown.whole;
  const { kind, align } = settings.cell;
  const timeMs = field.type === 'time' ? field.values[row] : undefined;
  const links = listLinks(settings, { name, cell, text, field, timeMs }, props.interpolate);
  const [first] = links;
  const content =
    kind === 'data-links' ? (
      links.map((link) => (
        <a key={link.href} className="nx-cell-link" {...attributesOf(link)}>
          {link.title}
        </a>
      ))
    ) : first === undefined ? (
      <CellContent column={column} cell={cell} shown={shown} width={width} />
    ) : (
      <a {...attributesOf(first)} title={first.title}>
        {text}
      </a>
    );
  return (
    <td
      data-align={align === 'auto' ? (field.type === 'number' ? 'right' : 'left') : align}
      style={colourStyle(kind, shown, props.isDark)}
      title={text.length > 20 ? text : undefined}
    >
      {content}
      {props.onFilter !== undefined && field.type === 'text' && text !== '' && (
        <FilterButtons name={field.name} cell={cell} onFilter={props.onFilter} />
      )}
    </td>
  );
}

function colourStyle(kind: string, shown: ValueStyle, isDark: boolean): CSSProperties {
  const { colour, isColourOfValue } = shown;
  if (!isColourOfValue) return {};
  if (kind === 'color-background') return { backgroundColor: colour, color: textColourOn(colour) };
  if (kind === 'color-text') return { color: readableColour(colour, isDark, 4.5) };
  return {};
}

/** As in dashboard-panels.css, with room to spare. */
const TEXT_PX = 14;

interface CellContentProps {
  readonly column: TableColumn;
  readonly cell: Cell;
  readonly shown: ValueStyle;
  readonly width: number;
}

function CellContent({ column, cell, shown, width }: CellContentProps): ReactElement {
  const { kind } = column.settings.cell;
  const { whole: text, colour, fraction } = shown;
  if (kind === 'gauge' && typeof cell === 'number') {
    const length = Math.max(10, width - 24 - measureText(text, 400) * TEXT_PX);
    return (
      <span className="nx-cell-gauge">
        <svg width={length} height={12} aria-hidden="true">
          <rect className="nx-track" width={length} height={12} rx={2} />
          <rect width={length * fraction} height={12} rx={2} fill={colour} />
        </svg>
        <span>{text}</span>
      </span>
    );
  }
  const series = kind === 'sparkline' ? seriesOf(cell) : undefined;
  if (series !== undefined) {
    return (
      <StatSparkline
        times={undefined}
        values={series}
        width={Math.max(20, width - 20)}
        height={20}
        colour={colour}
      />
    );
  }
  if (kind === 'json') return <code>{jsonText(cell)}</code>;
  return <>{text}</>;
}

/** Of a cell that holds a frame of its own, its first numbers. */
function seriesOf(cell: Cell): Float64Array | undefined {
  if (cell === null || typeof cell !== 'object' || !('fields' in cell)) return undefined;
  if (!Array.isArray(cell.fields)) return undefined;
  return cell.fields.find(isNumbers)?.values;
}

function isNumbers(field: unknown): field is NumberField {
  return typeof field === 'object' && field !== null && 'type' in field && field.type === 'number';
}

function jsonText(cell: Cell): string {
  if (typeof cell !== 'string') return cellText(cell);
  try {
    return JSON.stringify(JSON.parse(cell));
  } catch {
    return cellText(cell);
  }
}

interface FilterButtonsProps {
  readonly name: string;
  readonly cell: Cell;
  readonly onFilter: NonNullable<PanelProps['onFilter']>;
}

function FilterButtons({ name, cell, onFilter }: FilterButtonsProps): ReactElement {
  const value = cellText(cell);
  return (
    <span className="nx-cell-filters">
      <button
        type="button"
        aria-label={`Only ${name} ${value}`}
        onClick={() => onFilter(name, '=', value)}
      >
        +
      </button>
      <button
        type="button"
        aria-label={`Without ${name} ${value}`}
        onClick={() => onFilter(name, '!=', value)}
      >
        −
      </button>
    </span>
  );
}
