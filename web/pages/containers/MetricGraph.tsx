import { Skeleton, useComputedColorScheme } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { AnnotationData } from '#contract';
import { PageLink } from '../../location/PageLink.tsx';
import { DEFAULT_PANEL } from '../../query/panel-state.ts';
import { printPanels } from '../../query/panel-url.ts';
import { DARK_COLOURS, LIGHT_COLOURS } from '../../query/series-colour.ts';
import { useZone } from '../../settings/settings.ts';
import { type GraphLine, graphLines } from './graph-lines.ts';
import { type GraphSpec, graphQuery } from './graph-specs.ts';
import type { TimeWindow } from './page-state.ts';
import { useRateWindow } from './rate-window.ts';
import { useGraph } from './use-graph.ts';

const Chart = lazy(async () => ({ default: (await import('../../query/graph/Chart.tsx')).Chart }));

interface MetricGraphProps {
  readonly spec: GraphSpec;
  readonly selector: string;
  /** Scraped as often as what is drawn. */
  readonly series: string;
  readonly window: TimeWindow;
  readonly events: readonly AnnotationData[];
  readonly onZoom: (startMs: number, endMs: number) => void;
}

const HEIGHT_PX = 190;

/** A card with a title, a legend and a graph; nothing where there is nothing to draw. */
export function MetricGraph(props: MetricGraphProps): ReactElement | null {
  const { spec, selector, series, window, events, onZoom } = props;
  const windowSeconds = useRateWindow(series);
  const { data, error } = useGraph(spec, selector, { ...window, windowSeconds });
  const scheme = useComputedColorScheme('light');
  const zone = useZone();
  const drawing = useMemo(
    () =>
      data && graphLines(spec, data, data.series, scheme === 'dark' ? DARK_COLOURS : LIGHT_COLOURS),
    [spec, data, scheme],
  );
  const drawn = useMemo(() => drawing?.lines.filter(({ isDrawn }) => isDrawn), [drawing]);
  if (data === undefined && error === null && spec.isAlways !== true) return null;
  if (drawing?.lines.length === 0 && spec.isAlways !== true) return null;
  return (
    <section className="nx-card nx-graph" aria-label={spec.title}>
      <div className="nx-graph-head">
        <h3>
          <PageLink
            page="query"
            search={querySearch(
              graphQuery(spec, selector, { stepMs: window.stepMs, windowSeconds }),
              window,
            )}
            title="Open in Query"
          >
            {spec.title}
          </PageLink>
        </h3>
        {drawing !== undefined && <GraphLegend lines={drawing.lines} spec={spec} />}
      </div>
      {error !== null ? (
        <p className="nx-graph-none">{error.message}</p>
      ) : data === undefined || drawing === undefined || drawn === undefined ? (
        <Skeleton height={HEIGHT_PX} radius="md" />
      ) : drawing.lines.length === 0 ? (
        <p className="nx-graph-none">Nothing was measured in this time.</p>
      ) : (
        <Suspense fallback={<Skeleton height={HEIGHT_PX} radius="md" />}>
          <Chart
            times={drawing.times}
            startMs={data.startMs}
            endMs={data.endMs}
            series={drawn}
            isStacked={false}
            yAxisMin={0}
            events={events}
            zone={zone}
            isDark={scheme === 'dark'}
            unit={spec.unit}
            heightPx={HEIGHT_PX}
            label={`${spec.title}: ${legendText(drawing.lines, spec)}`}
            onZoom={onZoom}
          />
        </Suspense>
      )}
    </section>
  );
}

function legendText(lines: readonly GraphLine[], { unit }: GraphSpec): string {
  return lines
    .map(({ label, last }) => (last === undefined ? label : `${label} ${unit.format(last)}`))
    .join(', ');
}

interface GraphLegendProps {
  readonly lines: readonly GraphLine[];
  readonly spec: GraphSpec;
}

function GraphLegend({ lines, spec }: GraphLegendProps): ReactElement {
  return (
    <ul className="nx-graph-legend">
      {lines.map(({ label, colour, last, isDashed, isDrawn }) => (
        <li key={label} title={isDrawn ? undefined : 'Far above what is used, so it is not drawn'}>
          <span
            className="nx-graph-swatch"
            data-dashed={isDashed}
            style={{ borderTopColor: colour }}
          />
          {label}
          <span className="nx-number">{last === undefined ? '' : spec.unit.format(last)}</span>
        </li>
      ))}
    </ul>
  );
}

function querySearch(expr: string, { startMs, endMs }: TimeWindow): string {
  return printPanels([{ ...DEFAULT_PANEL, expr, tab: 'graph', rangeMs: endMs - startMs }]);
}
