import { type CSSProperties, type ReactElement, useMemo, useState } from 'react';
import { type ExpandedPanel, type ExpandedRow, interpolate, layOut } from '#dashboards';
import { Button } from '@mantine/core';
import { Empty } from '../components/Empty.tsx';
import { Icon } from '../components/Icon.tsx';
import type { DashboardScope } from './dashboard-scope.ts';
import { heightPx } from './grid-layout.ts';
import { PanelCard } from './PanelCard.tsx';
import { printPageParams } from './page-params.ts';

interface PanelRowsProps {
  readonly scope: DashboardScope;
}

/** All panels in their rows, or the one that the URL asks for. */
export function PanelRows({ scope }: PanelRowsProps): ReactElement {
  const { expanded, params } = scope;
  const { rows } = expanded;
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(() => new Map());
  const viewed = findPanel(rows, params.viewPanel);
  if (params.viewPanel !== '') return <ViewedPanel scope={scope} viewed={viewed} />;
  if (rows.every(({ panels }) => panels.length === 0)) {
    return <Empty title="This dashboard has no panels" />;
  }
  return (
    <>
      {rows.map((row) => {
        const isCollapsed = toggled.get(row.key) ?? row.row.isCollapsed;
        const toggle = (): void =>
          setToggled((before) => new Map(before).set(row.key, !isCollapsed));
        return <RowSection key={row.key} row={row} {...{ scope, isCollapsed, toggle }} />;
      })}
    </>
  );
}

function findPanel(rows: readonly ExpandedRow[], key: string): ExpandedPanel | undefined {
  const panels = rows.flatMap((row) => row.panels);
  return (
    panels.find((panel) => panel.key === key) ??
    panels.find(({ panel }) => String(panel.id) === key) ??
    panels.find(({ sourceId }) => String(sourceId) === key)
  );
}

interface ViewedPanelProps {
  readonly scope: DashboardScope;
  readonly viewed: ExpandedPanel | undefined;
}

function ViewedPanel({ scope, viewed }: ViewedPanelProps): ReactElement {
  const back = (): void =>
    scope.change((search) => printPageParams(search, { viewPanel: '' }), 'push');
  return (
    <>
      <Button
        className="nx-dash-back"
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<Icon name="back" size={14} />}
        onClick={back}
      >
        All panels
      </Button>
      {viewed === undefined ? (
        <Empty title="There is no such panel on this dashboard" />
      ) : (
        <div className="nx-dash-single">
          <PanelCard key={viewed.key} expanded={viewed} isViewed />
        </div>
      )}
    </>
  );
}

interface RowSectionProps {
  readonly row: ExpandedRow;
  readonly scope: DashboardScope;
  readonly isCollapsed: boolean;
  readonly toggle: () => void;
}

function RowSection({ row, scope, isCollapsed, toggle }: RowSectionProps): ReactElement | null {
  const places = useMemo(() => layOut(row.panels.map(({ panel }) => panel.grid)), [row.panels]);
  const hasTitle = row.row.title !== '' || row.row.isCollapsed;
  const values = { ...scope.values, ...row.scoped };
  const format = { format: 'text', timeZone: scope.time.zone } as const;
  const title = interpolate(row.row.title, values, {}, format) || 'Row';
  const isOpen = !isCollapsed || !hasTitle;
  if (!hasTitle && row.panels.length === 0) return null;
  return (
    <section className="nx-dash-section" aria-label={hasTitle ? title : undefined}>
      {hasTitle && (
        <h2 className="nx-dash-row-title">
          <button type="button" aria-expanded={isOpen} onClick={toggle}>
            <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={16} />
            {title}
            {!isOpen && (
              <span className="nx-quiet">
                {row.panels.length} {row.panels.length === 1 ? 'panel' : 'panels'}
              </span>
            )}
          </button>
        </h2>
      )}
      {isOpen && (
        <div className="nx-dash-grid">
          {row.panels.map((expanded, i) => (
            <div
              key={expanded.key}
              className="nx-dash-cell"
              data-small={isSmall(expanded)}
              style={cellStyle(places[i])}
            >
              <PanelCard expanded={expanded} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

const SMALL_COLUMNS_MAX = 6;

/** One value in a quarter of the page: on a phone two of them stand beside each other. */
function isSmall({ panel: { grid, options } }: ExpandedPanel): boolean {
  return grid.w <= SMALL_COLUMNS_MAX && (options.kind === 'stat' || options.kind === 'gauge');
}

function cellStyle(
  place: { x: number; y: number; w: number; h: number } | undefined,
): CSSProperties {
  const { x, y, w, h } = place ?? { x: 0, y: 0, w: 24, h: 8 };
  return {
    '--column': x + 1,
    '--row': y + 1,
    '--columns': w,
    '--rows': h,
    '--height': `${heightPx(h)}px`,
  } as CSSProperties;
}
