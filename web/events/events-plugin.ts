import type uPlot from 'uplot';
import { type EventMark, findMark, markEvents } from './event-marks.ts';
import type { GraphEvent } from './graph-event.ts';

interface EventsShown {
  readonly events: readonly GraphEvent[];
  readonly formatTime: (timeMs: number) => string;
}

/** The tooltip of a mark; the list below the graph has them all. */
const SHOWN_MAX = 6;

/** A vertical mark for each event (the time axis in seconds), what happened where the cursor comes near. */
export function eventsPlugin({ events, formatTime }: EventsShown): uPlot.Plugin {
  const layer = element('div', 'nx-event-marks');
  const tooltip = element('div', 'nx-tooltip nx-event-tooltip');
  tooltip.setAttribute('role', 'presentation');
  tooltip.hidden = true;
  let marks: readonly EventMark[] = [];
  const draw = (chart: uPlot): void => {
    const width = chart.over.clientWidth;
    const leftOf = (timeMs: number): number => chart.valToPos(timeMs / 1000, 'x');
    marks = markEvents(events, { width, leftOf });
    layer.replaceChildren(...marks.map(markElement));
  };
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(layer, tooltip);
        chart.over.addEventListener('mouseleave', () => (tooltip.hidden = true));
      },
      ready: draw,
      setSize: draw,
      setCursor: (chart) => {
        const { left = -1, top = -1 } = chart.cursor;
        const mark = left < 0 || top < 0 ? undefined : findMark(marks, left);
        tooltip.hidden = mark === undefined;
        if (mark === undefined) return;
        tooltip.replaceChildren(...describe(mark, formatTime));
        placeTooltip(chart, tooltip, mark);
      },
    },
  };
}

function markElement(mark: EventMark): HTMLElement {
  const line = element('div', 'nx-event-mark');
  line.dataset['severity'] = mark.severity;
  colour(line, mark.colour);
  line.style.left = `${mark.left}px`;
  line.style.width = `${mark.width}px`;
  return line;
}

function describe({ events }: EventMark, formatTime: EventsShown['formatTime']): Node[] {
  const shown = events.slice(-SHOWN_MAX).map((event) => eventElement(event, formatTime));
  const rest = events.length - shown.length;
  return rest === 0 ? shown : [element('div', 'nx-tooltip-time', `${rest} before`), ...shown];
}

/** Text nodes only: names, images and labels come from outside. */
function eventElement(event: GraphEvent, formatTime: EventsShown['formatTime']): HTMLElement {
  const { title = '', text, shownTags = [], time, timeEnd } = event;
  const row = element('div', 'nx-event-line');
  const dot = element('span', 'nx-event-dot');
  dot.dataset['severity'] = event.severity;
  colour(dot, event.colour);
  const words = element('div', '');
  if (title !== '') words.append(element('div', 'nx-event-title', title));
  if (text !== '' || title === '') words.append(element('div', '', text));
  const tags = element('div', 'nx-event-tags');
  tags.append(...shownTags.map((tag) => element('span', 'nx-event-tag', tag)));
  if (shownTags.length > 0) words.append(tags);
  const times = timeEnd > time ? `${formatTime(time)} to ${formatTime(timeEnd)}` : formatTime(time);
  row.append(dot, words, element('span', 'nx-tooltip-time', times));
  return row;
}

/** `value` is one that a colour parser gave, and holds nothing else. */
function colour(target: HTMLElement, value: string | undefined): void {
  if (value !== undefined) target.style.setProperty('--nx-event', value);
}

const DISTANCE_PX = 12;

/** Above or below, where the cursor and the tooltip of the values are not. */
function placeTooltip(chart: uPlot, tooltip: HTMLElement, mark: EventMark): void {
  const { clientWidth, clientHeight } = chart.over;
  const isRight = mark.left + DISTANCE_PX + tooltip.offsetWidth > clientWidth;
  const left = isRight
    ? Math.max(mark.left - DISTANCE_PX - tooltip.offsetWidth, 0)
    : mark.left + DISTANCE_PX;
  const isLow = (chart.cursor.top ?? 0) < clientHeight / 2;
  const top = isLow ? clientHeight - tooltip.offsetHeight - 4 : 4;
  tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function element(tag: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  if (text !== undefined) created.textContent = text;
  return created;
}
