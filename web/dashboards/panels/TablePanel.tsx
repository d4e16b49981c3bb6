import '../../styles/dashboard-panels.css';
import { lazy, type ReactElement, useMemo, useRef, useState } from 'react';
import type { Frame } from '#dashboards';
import type { PanelProps } from './panel-props.ts';
import { rowStyle, TableCell } from './TableCell.tsx';
import { TableHead } from './TableHead.tsx';
import {
  columnAlign,
  columnWidths,
  footerText,
  orderRows,
  tableColumns,
  type TableColumn,
  type TableSort,
} from './TableRows.ts';

const LongTableBody = lazy(async () => ({
  default: (await import('./LongTableBody.tsx')).LongTableBody,
}));

type TableProps = PanelProps<'table'>;

const ROW_PX = { sm: 30, md: 40, lg: 48 } as const;
const FONT_PX = 13;
const SELECT_PX = 34;

export function TablePanel(props: TableProps): ReactElement {
  const { frames, settings, size, options } = props;
  const [chosen, setChosen] = useState(options.frameIndex);
  const index = Math.min(chosen, Math.max(0, frames.length - 1));
  const frame = frames[index];
  if (frame === undefined) return <p className="nx-panel-words">No rows</p>;
  const hasSelect = frames.length > 1 && size.height > SELECT_PX * 3;
  const height = hasSelect ? size.height - SELECT_PX : size.height;
  return (
    <>
      <FrameTable
        key={index}
        {...props}
        frame={frame}
        own={settings[index] ?? []}
        height={height}
      />
      {hasSelect && (
        <label className="nx-table-select">
          <span className="nx-hidden">Table shown</span>
          <select value={index} onChange={(event) => setChosen(Number(event.target.value))}>
            {frames.map((one, i) => (
              // eslint-disable-next-line react/no-array-index-key
              <option key={i} value={i}>
                {frameTitle(one)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

function frameTitle({ name, fields, refId }: Frame): string {
  const series = fields.find(({ type }) => type === 'number');
  return (name || series?.legend || series?.name || refId).slice(0, 120);
}

interface FrameTableProps extends TableProps {
  readonly frame: Frame;
  readonly own: TableProps['settings'][number];
  readonly height: number;
}

function FrameTable(props: FrameTableProps): ReactElement {
  const { frame, own, options, zone, size, height, panel } = props;
  const columns = useMemo(() => tableColumns(frame, own), [frame, own]);
  const [sort, setSort] = useState<TableSort | undefined>(() => firstSort(columns, options.sortBy));
  const [filters, setFilters] = useState<ReadonlyMap<number, string>>(new Map());
  const rows = useMemo(
    () => orderRows(columns, frame.length, { sort, filters, zone }),
    [columns, frame.length, sort, filters, zone],
  );
  const widths = useMemo(() => {
    const room = { width: size.width - 14, length: frame.length, fontPx: FONT_PX };
    return columnWidths(columns, room, zone);
  }, [columns, frame.length, size.width, zone]);
  const scroller = useRef<HTMLDivElement>(null);
  return (
    // A scrolled box is reached by the keyboard too.
    <div
      ref={scroller}
      className="nx-panel-table"
      style={{ height }}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={panel.title === '' ? 'Table' : panel.title}
    >
      <table aria-rowcount={rows.length + 1} style={{ width: widths.reduce((a, b) => a + b, 0) }}>
        <colgroup>
          {columns.map(({ key }, i) => (
            <col key={key} style={{ width: widths[i] }} />
          ))}
        </colgroup>
        {options.showsHeader && (
          <TableHead
            columns={columns}
            sort={sort}
            onSort={setSort}
            filters={filters}
            onFilters={setFilters}
          />
        )}
        <TableBody {...props} columns={columns} rows={rows} widths={widths} scroller={scroller} />
        {options.footer.isShown && (
          <TableFoot columns={columns} footer={options.footer} rowCount={rows.length} zone={zone} />
        )}
      </table>
    </div>
  );
}

function firstSort(
  columns: readonly TableColumn[],
  wanted: TableProps['options']['sortBy'],
): TableSort | undefined {
  for (const { name, isDescending } of wanted) {
    const place = /^#(\d+)$/.exec(name)?.[1];
    const column =
      columns.find((one) => one.name === name || one.field.name === name) ??
      (place === undefined ? undefined : columns[Number(place)]);
    if (column !== undefined) return { key: column.key, isDescending };
  }
  return undefined;
}

interface TableBodyProps extends TableProps {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly number[];
  readonly widths: readonly number[];
  readonly scroller: { readonly current: HTMLDivElement | null };
}

/** From here on only rows in sight are in the document. */
const PLAIN_ROWS_MAX = 60;

function TableBody(props: TableBodyProps): ReactElement {
  const { columns, rows, widths, scroller, options, size } = props;
  const rowPx = ROW_PX[options.cellHeight];
  const draw = (index: number): ReactElement => (
    <tr
      key={index}
      aria-rowindex={index + 2}
      style={{ height: rowPx, ...rowStyle(columns, rows[index] ?? 0, props) }}
    >
      {columns.map((column, i) => (
        <TableCell
          key={column.key}
          column={column}
          row={rows[index] ?? 0}
          width={widths[i] ?? 0}
          props={props}
        />
      ))}
    </tr>
  );
  if (rows.length <= PLAIN_ROWS_MAX) return <tbody>{rows.map((_, index) => draw(index))}</tbody>;
  return <LongTableBody count={rows.length} {...{ rowPx, scroller, size, draw }} />;
}

interface TableFootProps {
  readonly columns: readonly TableColumn[];
  readonly footer: TableProps['options']['footer'];
  readonly rowCount: number;
  readonly zone: string;
}

function TableFoot({ columns, footer, rowCount, zone }: TableFootProps): ReactElement {
  const wanted = footer.reducers.length === 0 ? ['sum'] : footer.reducers;
  const textOf = (column: TableColumn, place: number): string => {
    if (footer.countsRows) return place === 0 ? `Rows: ${rowCount}` : '';
    const { fields } = footer;
    const isWanted =
      fields.length === 0 || fields.includes(column.name) || fields.includes(column.field.name);
    return isWanted ? footerText(column, wanted, zone) : '';
  };
  return (
    <tfoot>
      <tr>
        {columns.map((column, place) => (
          <td key={column.key} data-align={columnAlign(column)}>
            {textOf(column, place)}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}
