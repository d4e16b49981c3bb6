import type { SeriesStyle, Thresholds } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';
import { readDecimals } from './read-field-settings.ts';
import { noThresholds } from './read-thresholds.ts';

/** One of the two of an old graph. */
export interface YAxis {
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** 0 linear. */
  readonly logBase: number;
  readonly label: string;
  readonly isShown: boolean;
}

/** `yaxes`; before 2016 `y_formats` and bounds in `grid`. */
export function readYAxes(panel: Cursor): readonly [left: YAxis, right: YAxis] {
  if (!panel.has('yaxes')) return [readGridAxis(panel, 'left'), readGridAxis(panel, 'right')];
  const [left, right] = panel.items('yaxes', 2);
  return [readAxis(left ?? panel.child('')), readAxis(right ?? panel.child(''))];
}

function readAxis(axis: Cursor): YAxis {
  return {
    unit: axis.text('format', 'short'),
    decimals: readDecimals(axis),
    min: axis.number('min'),
    max: axis.number('max'),
    logBase: logBaseOf(axis.number('logBase')),
    label: axis.text('label'),
    isShown: axis.flag('show', true),
  };
}

function readGridAxis(panel: Cursor, side: 'left' | 'right'): YAxis {
  const grid = panel.child('grid');
  const [left, right] = panel.texts('y_formats', 2);
  return {
    unit: (side === 'left' ? left : right) ?? 'short',
    decimals: undefined,
    min: grid.number(`${side}Min`),
    max: grid.number(`${side}Max`),
    logBase: logBaseOf(grid.number(`${side}LogBase`)),
    label: panel.text(`${side}YAxisLabel`),
    isShown: panel.flag('y-axis', true),
  };
}

function logBaseOf(base: number | undefined): number {
  return base === undefined || base < 2 ? 0 : Math.min(base, 1024);
}

interface Limit {
  readonly value: number;
  readonly isUpper: boolean;
  readonly colour: string;
  readonly hasFill: boolean;
  readonly hasLine: boolean;
}

const limitsMax = 100;

/** Limits above (`gt`) or below (`lt`) which something is wrong, as steps from the lowest value upwards. */
export function readGraphThresholds(panel: Cursor): {
  thresholds: Thresholds;
  style: SeriesStyle['thresholdsStyle'];
} {
  const limits = panel.has('thresholds') ? readLimits(panel) : readGridLimits(panel);
  const hasFill = limits.some((limit) => limit.hasFill);
  const hasLine = limits.some((limit) => limit.hasLine);
  if (!hasFill && !hasLine) return { thresholds: noThresholds, style: 'off' };
  return {
    thresholds: { mode: 'absolute', steps: stepsOf(limits, hasFill) },
    style: hasFill && hasLine ? 'line+area' : hasFill ? 'area' : 'line',
  };
}

const modeColours = { critical: 'red', warning: 'orange', ok: 'green' } as const;

function readLimits(panel: Cursor): Limit[] {
  return panel.items('thresholds', limitsMax).flatMap((item) => {
    const value = item.number('value');
    if (value === undefined || !item.flag('visible', true)) return [];
    const hasFill = item.flag('fill');
    const mode = item.oneOf('colorMode', ['critical', 'warning', 'ok', 'custom'], 'critical');
    const own = item.text(hasFill ? 'fillColor' : 'lineColor') || item.text('lineColor');
    return [
      {
        value,
        isUpper: item.oneOf('op', ['gt', 'lt'], 'gt') === 'gt',
        colour: mode === 'custom' ? own || 'transparent' : modeColours[mode],
        hasFill,
        hasLine: item.flag('line'),
      },
    ];
  });
}

/** Two at most; they were upper ones unless the second was the lower. */
function readGridLimits(panel: Cursor): Limit[] {
  const grid = panel.child('grid');
  const first = grid.number('threshold1');
  const second = grid.number('threshold2');
  const isUpper = first === undefined || second === undefined || second >= first;
  const hasLine = grid.flag('thresholdLine');
  return [first, second].flatMap((value, index) => {
    const colour = grid.text(`threshold${index + 1}Color`, 'transparent');
    return value === undefined ? [] : [{ value, isUpper, colour, hasFill: !hasLine, hasLine }];
  });
}

/** A line has the colour of its own limit; an area that of the limit it lies beyond. */
function stepsOf(limits: readonly Limit[], hasFill: boolean): Thresholds['steps'] {
  const sorted = limits.toSorted((a, b) => a.value - b.value);
  const firstLower = sorted.find((limit) => !limit.isUpper);
  const base = hasFill && firstLower !== undefined ? firstLower.colour : 'transparent';
  const steps = sorted.map((limit, index) => {
    if (limit.isUpper || !hasFill) return { value: limit.value, colour: limit.colour };
    const next = sorted.slice(index + 1).find((other) => !other.isUpper);
    const upper = sorted.slice(0, index).findLast((other) => other.isUpper);
    return { value: limit.value, colour: upper?.colour ?? next?.colour ?? 'transparent' };
  });
  return [{ value: -Infinity, colour: base }, ...steps];
}
