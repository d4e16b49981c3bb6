import uPlot from 'uplot';

/** Where the pointer was on a graph, CSS pixels from its corner. */
export interface Pointer {
  readonly left: number;
  readonly top: number;
  readonly event: MouseEvent;
}

/** Of this graph's own, not of one it shares a crosshair with; undefined while there is none. */
export function pointerOf({ cursor }: uPlot): Pointer | undefined {
  const { left = -1, top = -1, event } = cursor;
  return event == null || left < 0 || top < 0 ? undefined : { left, top, event };
}

/**
 * A graph that was made anew shows what the one before showed: at its own pointer, or at that of the graph whose
 * crosshair it shares. `before` is the pointer of the one before.
 */
export function keepPointer(chart: uPlot, before: Pointer | undefined): void {
  const key = chart.cursor.sync?.key;
  const others = key == null ? [] : uPlot.sync(key).plots.filter((other) => other !== chart);
  if (before === undefined) {
    const pointed = others.find((other) => pointerOf(other) !== undefined);
    if (pointed !== undefined) follow(chart, pointed);
    return;
  }
  // By its event it is known as its own.
  Object.assign(chart.cursor, { event: before.event });
  chart.setCursor(before);
  for (const other of others) follow(other, chart);
}

/** The same time, as high as there. */
function follow(chart: uPlot, pointed: uPlot): void {
  const { left: from = -1, top = 0 } = pointed.cursor;
  const left = chart.valToPos(pointed.posToVal(from, 'x'), 'x');
  // Neither where the graph has no time at all.
  if (!(left >= 0 && left <= chart.over.clientWidth)) return;
  const part = top / Math.max(pointed.over.clientHeight, 1);
  chart.setCursor({ left, top: part * chart.over.clientHeight });
}
