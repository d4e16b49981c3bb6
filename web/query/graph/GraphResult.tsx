import { Button, Skeleton, useComputedColorScheme } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { Notice } from '../../components/Notice.tsx';
import { EventList } from '../../events/EventList.tsx';
import { containerNames } from '../../events/event-names.ts';
import { type EventsFound, useEvents } from '../../events/use-events.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatInstant } from '../../format/times.ts';
import { useSettings, useZone } from '../../settings/settings.ts';
import type { PanelState } from '../panel-state.ts';
import { ResultNotices } from '../ResultNotices.tsx';
import type { RangeResult } from '../run-query.ts';
import { assignColours, DARK_COLOURS, LIGHT_COLOURS } from '../series-colour.ts';
import { printSeriesName } from '../series-name.ts';
import type { ChartSeries } from './Chart.tsx';
import { graphExpression } from './graph-expression.ts';
import { lastValue, toColumns } from './columns.ts';
import { Legend } from './Legend.tsx';
import { NoPoints } from './NoPoints.tsx';

const Chart = lazy(async () => ({ default: (await import('./Chart.tsx')).Chart }));

/** Beyond this a graph is a blot and drawing it takes seconds. */
const SERIES_MAX = 1000;
const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

interface GraphResultProps {
  readonly result: RangeResult;
  readonly state: PanelState;
  readonly onChange: (change: Partial<PanelState>) => void;
}

export function GraphResult({ result, state, onChange }: GraphResultProps): ReactElement {
  const [isAllShown, setAllShown] = useState(false);
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const scheme = useComputedColorScheme('light');
  const zone = useZone();
  const drawing = useDrawing(result, isAllShown, scheme === 'dark');
  const { events, isTruncated, error } = useResultEvents(result, state);
  const visible = useMemo(
    () => drawing.series.filter((series) => !hidden.has(series.label)),
    [drawing, hidden],
  );
  if (result.series.length === 0) {
    return <NoPoints result={result} isPinned={state.endMs !== undefined} onChange={onChange} />;
  }
  const zoom = (startMs: number, endMs: number): void =>
    onChange({ rangeMs: endMs - startMs, endMs });
  return (
    <>
      <ResultNotices warnings={result.warnings} infos={result.infos} />
      {graphExpression(result.expr) !== result.expr && (
        <Notice kind="info">
          A range cannot be drawn; this is <code>{graphExpression(result.expr)}</code> without it.
        </Notice>
      )}
      {drawing.histogramCount > 0 && (
        <Notice kind="info">Native histograms are drawn by their average.</Notice>
      )}
      {drawing.series.length < result.series.length && (
        <p className="nx-cap">
          The first {formatCount(drawing.series.length)} of {formatCount(result.series.length)}{' '}
          series.{' '}
          <Button size="compact-sm" variant="light" onClick={() => setAllShown(true)}>
            Draw all
          </Button>
        </p>
      )}
      <Suspense fallback={<Skeleton className="nx-chart-outline" radius="md" />}>
        <Chart
          times={drawing.times}
          startMs={result.startMs}
          endMs={result.endMs}
          series={visible}
          isStacked={state.displayMode === 'stacked'}
          yAxisMin={state.yAxisMin}
          events={events}
          zone={zone}
          isDark={scheme === 'dark'}
          label={`Graph of ${result.expr}: ${formatCount(result.series.length)} series from ${formatInstant(result.startMs, zone)} to ${formatInstant(result.endMs, zone)}`}
          onZoom={zoom}
        />
      </Suspense>
      <Legend entries={drawing.entries} hidden={hidden} onHiddenChange={setHidden} />
      {error !== null && <Notice kind="warning">Cannot load the events: {error.message}</Notice>}
      <EventList events={events} isTruncated={isTruncated} />
    </>
  );
}

/** What happened to the containers that the result speaks of. */
function useResultEvents(result: RangeResult, state: PanelState): EventsFound {
  const settings = useSettings();
  const names = useMemo(
    () => containerNames(result.series.map(({ metric }) => metric)),
    [result.series],
  );
  const { startMs, endMs } = result;
  return useEvents({ startMs, endMs, names, isOn: state.showEvents ?? settings.events });
}

interface Drawing {
  readonly times: number[];
  readonly series: readonly ChartSeries[];
  readonly entries: Parameters<typeof Legend>[0]['entries'];
  readonly histogramCount: number;
}

function useDrawing(result: RangeResult, isAllShown: boolean, isDark: boolean): Drawing {
  return useMemo(() => {
    const drawn = isAllShown ? result.series : result.series.slice(0, SERIES_MAX);
    const { times, values, histogramCount } = toColumns(drawn, result);
    const palette = isDark ? DARK_COLOURS : LIGHT_COLOURS;
    const colours = assignColours(drawn.map(({ metric }) => metric));
    const series = drawn.map(({ metric }, i): ChartSeries => ({
      metric,
      label: printSeriesName(metric),
      colour: palette[colours[i] ?? 0] ?? '',
      values: values[i] ?? [],
    }));
    const entries = series.map(({ label, metric, colour, values }) => ({
      key: label,
      metric,
      colour,
      last: lastValue(values),
    }));
    return { times, series, entries, histogramCount };
  }, [result, isAllShown, isDark]);
}
