import type { ReactElement } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { columnAlign, type TableColumn, type TableSort } from './TableRows.ts';

interface TableHeadProps {
  readonly columns: readonly TableColumn[];
  readonly sort: TableSort | undefined;
  readonly onSort: (sort: TableSort | undefined) => void;
  readonly filters: ReadonlyMap<number, string>;
  readonly onFilters: (filters: ReadonlyMap<number, string>) => void;
}

export function TableHead(props: TableHeadProps): ReactElement {
  const { columns, sort, onSort, filters, onFilters } = props;
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th
            key={column.key}
            scope="col"
            aria-sort={sortWord(column, sort)}
            data-align={columnAlign(column)}
          >
            <button type="button" onClick={() => onSort(nextSort(column.key, sort))}>
              <span>{column.name}</span>
              <span
                className="nx-sort"
                data-shown={sort?.key === column.key}
                data-up={sort?.isDescending === false}
              >
                <Icon name="chevronDown" size={14} />
              </span>
            </button>
            {column.settings.cell.isFilterable && (
              <input
                type="search"
                aria-label={`Filter by ${column.name}`}
                placeholder="Filter"
                value={filters.get(column.key) ?? ''}
                onChange={(event) =>
                  onFilters(new Map(filters).set(column.key, event.target.value))
                }
              />
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function sortWord(
  { key }: TableColumn,
  sort: TableSort | undefined,
): 'ascending' | 'descending' | 'none' {
  if (sort?.key !== key) return 'none';
  return sort.isDescending ? 'descending' : 'ascending';
}

/** Up, down, as it came. */
function nextSort(key: number, sort: TableSort | undefined): TableSort | undefined {
  if (sort?.key !== key) return { key, isDescending: false };
  return sort.isDescending ? undefined : { key, isDescending: true };
}
