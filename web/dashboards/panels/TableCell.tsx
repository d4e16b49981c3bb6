import { type CSSProperties, type ReactElement, useId } from 'react';
import {
  type Cell,
  cellAt,
  cellStyle,
  cellText,
  type NumberField,
  settingsRange,
  type ValueStyle,
} from '#dashboards';
import { type BarValue, gradientStops, lcdCells } from './BarGaugeBars.ts';
import type { PanelProps } from './panel-props.ts';
import { readableColour, textOn } from './StatContrast.ts';
import { attributesOf } from './StatLinks.tsx';
import { StatSparkline } from './StatSparkline.tsx';
import { measureText } from './StatFit.ts';
import { listLinks, showValue } from './StatValues.ts';
import { columnAlign, type TableColumn } from './TableRows.ts';

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
  const { kind } = settings.cell;
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
      <CellContent {...{ column, cell, shown, width, isDark }} />
    ) : (
      <a {...attributesOf(first)} title={first.title}>
        {text}
      </a>
    );
  return (
    <td
      data-align={columnAlign(column)}
      data-wraps={settings.cell.wrapsText}
      style={settings.cell.coversRow ? {} : colourStyle(kind, shown, props.isDark)}
      title={text.length > 20 ? text : undefined}
    >
      {content}
      {props.onFilter !== undefined && field.type === 'text' && text !== '' && (
        <FilterButtons name={field.name} cell={cell} onFilter={props.onFilter} />
      )}
    </td>
  );
}

/** Of the column whose background is that of its whole row; nothing where there is none. */
export function rowStyle(
  columns: readonly TableColumn[],
  row: number,
  { zone, isDark }: Pick<PanelProps, 'zone' | 'isDark'>,
): CSSProperties {
  const column = columns.find(({ settings }) => settings.cell.coversRow);
  if (column === undefined) return {};
  const { field, settings, range, name } = column;
  const context = { zone, nowMs: 0, isDark, range, seriesName: name };
  return colourStyle(settings.cell.kind, cellStyle(field, row, settings, context), isDark);
}

function colourStyle(kind: string, shown: ValueStyle, isDark: boolean): CSSProperties {
  const { colour, isColourOfValue } = shown;
  if (!isColourOfValue) return {};
  if (kind === 'color-background') {
    return { backgroundColor: colour, color: textOn(colour, isDark) };
  }
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
  readonly isDark: boolean;
}

function CellContent({ column, cell, shown, width, isDark }: CellContentProps): ReactElement {
  const { kind } = column.settings.cell;
  const { whole: text, colour, fraction } = shown;
  if (kind === 'gauge' && typeof cell === 'number' && column.field.type === 'number') {
    const textWidth = Math.max(column.textWidth, measureText(text, 400));
    const length = Math.max(10, width - 24 - textWidth * TEXT_PX);
    const { settings, name, range: ofData } = column;
    const value = { settings, name, colour, fraction, range: settingsRange(settings, ofData) };
    return (
      <span className="nx-cell-gauge">
        <svg width={length} height={GAUGE_PX} aria-hidden="true">
          <GaugeBar value={value} length={length} isDark={isDark} />
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

const GAUGE_PX = 12;

interface GaugeBarProps {
  readonly value: BarValue;
  readonly length: number;
  readonly isDark: boolean;
}

/** As bar gauges have them: plain, from faint to full, or as lamps. */
function GaugeBar({ value, length, isDark }: GaugeBarProps): ReactElement {
  const id = useId();
  const { mode } = value.settings.cell;
  if (mode === 'lcd') {
    return (
      <>
        {lcdCells(value, length, isDark).map((lamp) => (
          <rect
            key={lamp.from}
            x={lamp.from}
            width={lamp.length}
            height={GAUGE_PX}
            rx={1}
            fill={lamp.colour}
            opacity={lamp.isLit ? 1 : 0.18}
          />
        ))}
      </>
    );
  }
  const stops = mode === 'basic' ? [] : gradientStops(value, isDark);
  const isGradient = stops.length > 1;
  return (
    <>
      {isGradient && (
        <linearGradient id={id} gradientUnits="userSpaceOnUse" x1={0} y1={0} x2={length} y2={0}>
          {stops.map((stop) => (
            <stop key={stop.offset} offset={stop.offset} stopColor={stop.colour} />
          ))}
        </linearGradient>
      )}
      <rect className="nx-track" width={length} height={GAUGE_PX} rx={2} />
      <rect
        width={length * value.fraction}
        height={GAUGE_PX}
        rx={2}
        fill={isGradient ? `url(#${id})` : value.colour}
      />
    </>
  );
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
