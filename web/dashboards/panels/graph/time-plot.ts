import type uPlot from 'uplot';
import { timeAxis, zonedDate } from '../../../chart/axes.ts';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import { eventsPlugin } from '../../../events/events-plugin.ts';
import type { PanelProps } from '../panel-props.ts';
import { timeText } from './time-text.ts';

/** What graphs over time are given of their panel. */
export type TimeFrame = Pick<PanelProps, 'range' | 'zone' | 'cursor' | 'events'>;

/** Below this there is no room for labels of times. */
const AXIS_HEIGHT_PX_MIN = 90;
const SMALL_HEIGHT_PX = 160;

/** What all graphs over time share: their axis, crosshair, zoom and marks of events. */
export function timePlot(look: PlotLook, frame: TimeFrame): PlotParts['options'] {
  const { range, zone, events } = frame;
  const start = range.fromMs / 1000;
  const end = range.toMs / 1000;
  const isLow = look.height < AXIS_HEIGHT_PX_MIN;
  return {
    padding: [isLow ? 2 : 10, 22, isLow ? 2 : 0, 2],
    cursor: panelCursor(frame.cursor.syncKey),
    tzDate: zonedDate(zone),
    scales: { x: { time: true, range: () => [start, end] } },
    axes: [
      {
        ...timeAxis(look, look.height < SMALL_HEIGHT_PX ? 'low' : 'high'),
        show: !isLow,
        space: look.width < 300 ? 60 : 80,
      },
    ],
    series: [{}],
    plugins:
      events.length === 0
        ? []
        : [eventsPlugin({ events, formatTime: (timeMs) => timeText(timeMs, zone) })],
  };
}

/** The graph is drawn from a finer query after a drag, not scaled; the drag itself stays on one graph. */
export function panelCursor(syncKey: string): uPlot.Cursor {
  const base: uPlot.Cursor = {
    y: false,
    drag: { x: true, y: false, setScale: false },
    points: { show: false },
  };
  if (syncKey === '') return base;
  return {
    ...base,
    sync: { key: syncKey, setSeries: false, scales: ['x', null], filters: { pub: isPointing } },
  };
}

function isPointing(type: string): boolean {
  return type !== 'mousedown' && type !== 'mouseup';
}
