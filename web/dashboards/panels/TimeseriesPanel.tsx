import { type ReactElement, useMemo } from 'react';
import type { Frame } from '#dashboards';
import { Chart, type ChartSeries } from '../../query/graph/Chart.tsx';
import { assignColours, DARK_COLOURS, LIGHT_COLOURS } from '../../query/series-colour.ts';
import type { PanelProps } from './panel-props.ts';

export function TimeseriesPanel(props: PanelProps<'timeseries'>): ReactElement {
  const { frames, range, zone, isDark, size, events, onZoom, panel } = props;
  const { times, series } = useMemo(() => toSeries(frames, isDark), [frames, isDark]);
  return (
    <Chart
      times={times}
      startMs={range.fromMs}
      endMs={range.toMs}
      series={series}
      isStacked={false}
      yAxisMin={undefined}
      events={events}
      zone={zone === 'UTC' ? 'utc' : 'local'}
      isDark={isDark}
      heightPx={size.height}
      label={panel.title}
      onZoom={onZoom}
    />
  );
}

function toSeries(
  frames: readonly Frame[],
  isDark: boolean,
): { times: number[]; series: ChartSeries[] } {
  const seconds = new Set<number>();
  for (const frame of frames) {
    const time = frame.fields.find((field) => field.type === 'time');
    for (const ms of time?.values ?? []) seconds.add(ms / 1000);
  }
  const times = [...seconds].toSorted((a, b) => a - b);
  const places = new Map(times.map((time, i) => [time, i]));
  const series: Omit<ChartSeries, 'colour'>[] = [];
  for (const frame of frames) {
    const time = frame.fields.find((field) => field.type === 'time')?.values;
    for (const field of frame.fields) {
      if (field.type !== 'number' || time === undefined) continue;
      const values: (number | null)[] = times.map(() => null);
      for (const [i, value] of field.values.entries()) {
        const place = places.get((time[i] ?? 0) / 1000);
        if (place !== undefined && Number.isFinite(value)) values[place] = value;
      }
      series.push({ metric: field.labels, label: field.legend || field.name, values });
    }
  }
  const palette = isDark ? DARK_COLOURS : LIGHT_COLOURS;
  const colours = assignColours(series.map(({ metric }) => metric));
  return {
    times,
    series: series.map(({ metric, label, values }, i) => {
      return { metric, label, values, colour: palette[colours[i] ?? 0] ?? '' };
    }),
  };
}
