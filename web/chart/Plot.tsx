import { type ReactElement, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';
import { holdsPan, startPan } from './pan.ts';
import { keepPointer, type Pointer, pointerOf } from './pointer.ts';

/** What the page looks like where the graph stands. */
export interface PlotLook {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly axisColour: string;
  readonly gridColour: string;
  readonly textColour: string;
  readonly surfaceColour: string;
  readonly fontFamily: string;
}

export interface PlotParts {
  readonly options: Omit<uPlot.Options, 'width' | 'height' | 'legend'>;
  readonly data: uPlot.AlignedData;
}

export interface PlotProps {
  /** A new function, and the graph is made anew. */
  readonly build: (look: PlotLook) => PlotParts;
  /** CSS pixels, whole ones; nothing is drawn at 0. */
  readonly width: number;
  readonly height: number;
  readonly isDark: boolean;
  /** What the graph shows, in words. */
  readonly label: string;
  /**
   * A range was dragged over the time axis, or (with Shift held) the graph moved to it, or a double click asked for
   * twice the time; at least a second long.
   */
  readonly onZoom?: ((startMs: number, endMs: number) => void) | undefined;
}

const ZOOM_MS_MIN = 1000;

/** The only place that makes a uPlot. Loaded on demand. */
export function Plot({ build, width, height, isDark, label, onZoom }: PlotProps): ReactElement {
  const parent = useRef<HTMLDivElement>(null);
  const zoom = useRef(onZoom);
  const pointer = useRef<Pointer | undefined>(undefined);
  useEffect(() => {
    zoom.current = onZoom;
  });
  useEffect(() => {
    if (parent.current === null || width === 0 || height === 0) return undefined;
    const { options, data } = build(readLook(parent.current, width, height));
    const chart = new uPlot(
      {
        ...options,
        width,
        height,
        legend: { show: false },
        // Read before a range is pressed: with a modifier the graph moves instead.
        cursor: {
          ...options.cursor,
          bind: {
            mousedown: (self, _, handler) => pressOn(self, handler, zoom),
            dblclick: (self) => () => zoomOut(self, zoom.current),
          },
        },
        hooks: {
          ...options.hooks,
          setSelect: [(self) => readZoom(self, zoom.current)],
          ready: [...(options.hooks?.ready ?? []), (self) => keepPointer(self, pointer.current)],
        },
      },
      data,
      parent.current,
    );
    return () => {
      pointer.current = pointerOf(chart);
      chart.destroy();
    };
    // `isDark` changes the colours that are read from the document.
  }, [build, width, height, isDark]);
  return <div ref={parent} className="nx-plot" role="img" aria-label={label} />;
}

type ZoomRef = { readonly current: PlotProps['onZoom'] };

function pressOn(
  chart: uPlot,
  handler: uPlot.Cursor.MouseListener,
  zoom: ZoomRef,
): uPlot.Cursor.MouseListener {
  return (event) => {
    if (!holdsPan(event) || zoom.current === undefined) return handler(event);
    startPan(chart, event, (startMs, endMs) => zoom.current?.(startMs, endMs));
    return null;
  };
}

function readLook(element: HTMLElement, width: number, height: number): PlotLook {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    width,
    height,
    axisColour: read('--nx-quiet'),
    gridColour: read('--nx-grid'),
    textColour: read('--nx-text'),
    surfaceColour: read('--nx-raised'),
    fontFamily: style.fontFamily,
  };
}

function zoomOut({ scales }: uPlot, onZoom: PlotProps['onZoom']): null {
  const { min, max } = scales['x'] ?? {};
  if (min == null || max == null) return null;
  const halfSeconds = (max - min) / 2;
  onZoom?.(
    Math.max(0, Math.floor((min - halfSeconds) * 1000)),
    Math.ceil((max + halfSeconds) * 1000),
  );
  return null;
}

function readZoom(chart: uPlot, onZoom: PlotProps['onZoom']): void {
  const { left, width } = chart.select;
  if (width <= 0) return;
  const startMs = Math.floor(chart.posToVal(left, 'x')) * 1000;
  const endMs = Math.ceil(chart.posToVal(left + width, 'x')) * 1000;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (endMs - startMs >= ZOOM_MS_MIN) onZoom?.(startMs, endMs);
}
