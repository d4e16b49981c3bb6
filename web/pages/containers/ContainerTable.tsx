import { useMediaQuery } from '@mantine/hooks';
import { type ReactElement, useMemo } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { VirtualRows } from '../../components/VirtualRows.tsx';
import { formatBytes } from '../../format/numbers.ts';
import { formatCpu } from './amounts.ts';
import { type ContainerRow, type RowGroup, totalsOf } from './container-rows.ts';
import { ContainerRowView } from './ContainerRowView.tsx';
import { type ListState, nextSort, type Sort, type SortKey } from './list-state.ts';
import type { Sparks } from './sparks.ts';

interface ContainerTableProps {
  /** One without a name where they are not grouped. */
  readonly groups: readonly RowGroup[];
  readonly state: ListState;
  readonly sparks: Sparks | undefined;
  readonly onSort: (sort: Sort) => void;
  readonly onFold: (group: string) => void;
}

interface Line {
  readonly key: string;
  readonly group: RowGroup;
  /** Undefined: the group's heading. */
  readonly row: ContainerRow | undefined;
}

/** As containers.css has them where there is room for columns; cards have no height of their own. */
const HEADING_HEIGHT_PX = 46;
const ROW_HEIGHT_PX = 53;
const CARD_HEIGHT_PX = 210;
/** The width below which containers.css makes cards. */
const CARDS = '(max-width: 760px)';

export function ContainerTable(props: ContainerTableProps): ReactElement {
  const { groups, state, sparks, onSort, onFold } = props;
  const lines = useMemo(() => listLines(groups, state), [groups, state]);
  const areCards = useMediaQuery(CARDS, undefined, { getInitialValueInEffect: false });
  const rowHeight = areCards ? CARD_HEIGHT_PX : ROW_HEIGHT_PX;
  return (
    <div
      className="nx-containers"
      role="table"
      aria-label="Containers"
      aria-rowcount={lines.length + 1}
    >
      <Headings sort={state.sort} spark={state.spark} onSort={onSort} />
      <VirtualRows
        // Heights that were known for one form are not those of the other.
        key={String(areCards)}
        role="rowgroup"
        hasExactHeights={!areCards}
        count={lines.length}
        estimateHeight={(i) => (lines[i]?.row === undefined ? HEADING_HEIGHT_PX : rowHeight)}
        keyOf={(i) => lines[i]?.key ?? i}
        render={(i) => {
          const line = lines[i];
          if (line === undefined) return null;
          const { group, row } = line;
          if (row === undefined) {
            const isOpen = !state.folded.includes(group.name);
            return <GroupHeading group={group} isOpen={isOpen} onFold={() => onFold(group.name)} />;
          }
          return (
            <ContainerRowView
              row={row}
              rowNumber={i + 2}
              spark={sparks?.byName.get(row.container.name)}
              sparkOf={state.spark}
              isGrouped={state.isGrouped}
            />
          );
        }}
      />
    </div>
  );
}

function listLines(groups: readonly RowGroup[], state: ListState): Line[] {
  const lines: Line[] = [];
  const hasHeadings = state.isGrouped && groups.some(({ name }) => name !== '');
  for (const group of groups) {
    if (hasHeadings) lines.push({ key: `group ${group.name}`, group, row: undefined });
    if (hasHeadings && state.folded.includes(group.name)) continue;
    for (const row of group.rows) {
      lines.push({ key: `${row.container.name} ${row.container.id}`, group, row });
    }
  }
  return lines;
}

const COLUMNS: readonly { readonly key: SortKey | 'spark'; readonly title: string }[] = [
  { key: 'name', title: 'Container' },
  { key: 'state', title: 'State' },
  { key: 'uptime', title: 'Since' },
  { key: 'cpu', title: 'CPU' },
  { key: 'memory', title: 'Memory' },
  { key: 'network', title: 'Network' },
  { key: 'restarts', title: 'Restarts' },
  { key: 'spark', title: 'Last 15 min' },
  { key: 'metrics', title: 'Metrics' },
];

interface HeadingsProps {
  readonly sort: Sort;
  readonly spark: ListState['spark'];
  readonly onSort: (sort: Sort) => void;
}

function Headings({ sort, spark, onSort }: HeadingsProps): ReactElement {
  return (
    <div className="nx-container nx-container-head" role="row" aria-rowindex={1}>
      {COLUMNS.map(({ key, title }) =>
        key === 'spark' ? (
          <div key={key} role="columnheader" className="nx-cell nx-cell-spark">
            {spark === 'cpu' ? 'CPU' : 'Memory'}, 15 min
          </div>
        ) : (
          <div
            key={key}
            role="columnheader"
            className={`nx-cell nx-cell-${key}`}
            aria-sort={sort.key === key ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
          >
            <button type="button" onClick={() => onSort(nextSort(sort, key))}>
              {title}
              <span className="nx-sort" data-shown={sort.key === key} data-up={!sort.isDescending}>
                <Icon name="chevronDown" size={13} />
              </span>
            </button>
          </div>
        ),
      )}
    </div>
  );
}

const KIND_NAMES: Readonly<Record<RowGroup['kind'], string>> = {
  compose: 'compose project',
  swarm: 'Swarm stack',
  kubernetes: 'namespace',
  name: '',
};

interface GroupHeadingProps {
  readonly group: RowGroup;
  readonly isOpen: boolean;
  readonly onFold: () => void;
}

function GroupHeading({ group, isOpen, onFold }: GroupHeadingProps): ReactElement {
  const { running, count, cpu, memoryBytes } = totalsOf(group.rows);
  return (
    <div role="row">
      <div role="cell" aria-colspan={COLUMNS.length}>
        <button type="button" className="nx-group" aria-expanded={isOpen} onClick={onFold}>
          <span className="nx-pool-arrow" data-open={isOpen}>
            <Icon name="chevronRight" size={15} />
          </span>
          <strong>{group.name === '' ? 'On their own' : group.name}</strong>
          {group.name !== '' && <span className="nx-quiet">{KIND_NAMES[group.kind]}</span>}
          <span className="nx-group-totals nx-quiet nx-number">
            <span>
              {running} of {count} running
            </span>
            <span>{formatCpu(cpu)} CPU</span>
            <span>{formatBytes(memoryBytes)}</span>
          </span>
        </button>
      </div>
    </div>
  );
}
