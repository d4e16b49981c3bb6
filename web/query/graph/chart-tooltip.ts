import type uPlot from 'uplot';
import { formatInstantPrecisely, type Zone } from '../../format/times.ts';
import type { ChartSeries, ChartUnit } from './Chart.tsx';

interface TooltipSource {
  readonly series: readonly ChartSeries[];
  readonly zone: Zone;
  readonly unit: ChartUnit | undefined;
}

/** The series whose value at the cursor's time is nearest to the cursor, all its labels beside it. */
export function tooltipPlugin({ series, zone, unit }: TooltipSource): uPlot.Plugin {
  const tooltip = document.createElement('div');
  tooltip.className = 'nx-tooltip';
  tooltip.setAttribute('role', 'presentation');
  const point = document.createElement('div');
  point.className = 'nx-tooltip-point';
  const hide = (): void => {
    tooltip.hidden = true;
    point.hidden = true;
  };
  hide();
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(point, tooltip);
        chart.over.addEventListener('mouseleave', hide);
      },
      setCursor: (chart) => {
        const nearest = findNearest(chart);
        const shown = nearest === undefined ? undefined : series[nearest.series];
        if (nearest === undefined || shown === undefined) {
          hide();
          return;
        }
        const time = formatInstantPrecisely((chart.data[0][nearest.index] ?? 0) * 1000, zone);
        const value = shown.values[nearest.index];
        const text = value == null ? '–' : (unit?.format ?? formatValue)(value);
        tooltip.replaceChildren(...describe(shown, time, text));
        placeTooltip(chart, nearest, { tooltip, point, colour: shown.colour });
      },
    },
  };
}

interface Nearest {
  /** Without the time column. */
  readonly series: number;
  readonly index: number;
  /** In CSS pixels inside the plot. */
  readonly x: number;
  readonly y: number;
}

function findNearest(chart: uPlot): Nearest | undefined {
  const { idx: index, top, left } = chart.cursor;
  if (index == null || top == null || left == null || left < 0 || top < 0) return undefined;
  let nearest: Nearest | undefined;
  for (let i = 1; i < chart.data.length; i++) {
    const value = chart.data[i]?.[index];
    if (value == null) continue;
    const y = chart.valToPos(value, 'y');
    if (nearest !== undefined && Math.abs(y - top) >= Math.abs(nearest.y - top)) continue;
    nearest = { series: i - 1, index, x: chart.valToPos(chart.data[0][index] ?? 0, 'x'), y };
  }
  return nearest;
}

/** Text nodes only: labels come from the scraped services. */
function describe(series: ChartSeries, time: string, value: string): Node[] {
  const head = element('div', 'nx-tooltip-head');
  const swatch = element('span', 'nx-swatch');
  swatch.style.backgroundColor = series.colour;
  head.append(swatch, element('strong', 'nx-number', value));
  const list = element('dl', 'nx-tooltip-labels');
  const name = series.metric['__name__'];
  if (name !== undefined) list.append(element('dd', 'nx-tooltip-name', name));
  for (const label of Object.keys(series.metric).toSorted()) {
    if (label === '__name__') continue;
    const line = element('div', '');
    line.append(element('dt', '', label), element('dd', '', series.metric[label] ?? ''));
    list.append(line);
  }
  return [element('div', 'nx-tooltip-time', time), head, list];
}

/** Without the noise of binary fractions: 0.2, not 0.19999999999999998. */
function formatValue(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function element(tag: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  if (text !== undefined) created.textContent = text;
  return created;
}

const DISTANCE_PX = 14;

interface TooltipParts {
  readonly tooltip: HTMLElement;
  readonly point: HTMLElement;
  readonly colour: string;
}

function placeTooltip(chart: uPlot, { x, y }: Nearest, parts: TooltipParts): void {
  const { tooltip, point, colour } = parts;
  tooltip.hidden = false;
  point.hidden = false;
  point.style.transform = `translate(${x}px, ${y}px)`;
  point.style.backgroundColor = colour;
  const isRight = x + DISTANCE_PX + tooltip.offsetWidth > chart.over.clientWidth;
  const left = isRight ? Math.max(x - DISTANCE_PX - tooltip.offsetWidth, 0) : x + DISTANCE_PX;
  const top = Math.min(y, Math.max(chart.over.clientHeight - tooltip.offsetHeight, 0));
  tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
