export interface BarLayout {
  readonly stacking: 'none' | 'normal' | 'percent';
  /** Of the room of a group, and of that of a bar in it, 0 to 1. */
  readonly groupWidth: number;
  readonly barWidth: number;
}

export interface Bar {
  readonly category: number;
  readonly series: number;
  /** On the axis of categories, where each has 1 around its index. */
  readonly from: number;
  readonly to: number;
  /** On the axis of values. */
  readonly low: number;
  readonly high: number;
  /** As measured. */
  readonly value: number;
}

/** Bars of each category beside each other, or on each other: those below zero apart. */
export function layBars(columns: readonly Float64Array[], layout: BarLayout): Bar[] {
  const categoryCount = columns[0]?.length ?? 0;
  const bars: Bar[] = [];
  for (let category = 0; category < categoryCount; category++) {
    if (layout.stacking === 'none') layBeside(bars, columns, { category, layout });
    else layOnto(bars, columns, { category, layout });
  }
  return bars;
}

interface Group {
  readonly category: number;
  readonly layout: BarLayout;
}

function layBeside(bars: Bar[], columns: readonly Float64Array[], group: Group): void {
  const { category, layout } = group;
  const room = share(layout.groupWidth, 0.7) / Math.max(1, columns.length);
  const width = room * share(layout.barWidth, 0.97);
  const start = category - (room * columns.length) / 2;
  for (const [series, column] of columns.entries()) {
    const value = column[category] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const from = start + series * room + (room - width) / 2;
    const [low, high] = [Math.min(0, value), Math.max(0, value)];
    bars.push({ category, series, from, to: from + width, low, high, value });
  }
}

function layOnto(bars: Bar[], columns: readonly Float64Array[], group: Group): void {
  const { category, layout } = group;
  const width = share(layout.groupWidth, 0.7) * share(layout.barWidth, 0.97);
  const from = category - width / 2;
  let total = 1;
  if (layout.stacking === 'percent') {
    total = columns.reduce((sum, column) => sum + Math.abs(finite(column[category])), 0) || 1;
  }
  let above = 0;
  let below = 0;
  for (const [series, column] of columns.entries()) {
    const value = column[category] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const height = value / total;
    const base = height < 0 ? below : above;
    if (height < 0) below += height;
    else above += height;
    const [low, high] = [Math.min(base, base + height), Math.max(base, base + height)];
    bars.push({ category, series, from, to: from + width, low, high, value });
  }
}

function share(value: number, usual: number): number {
  return value > 0 && value <= 1 ? value : usual;
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
