import type { Thresholds } from './field-settings.ts';
import type { Cursor } from './read-cursor.ts';
import { numberOf } from './read-cursor.ts';

const stepsMax = 200;

export const noThresholds: Thresholds = { mode: 'absolute', steps: [] };

/** What a file of today that says nothing means. */
export const usualThresholds: Thresholds = {
  mode: 'absolute',
  steps: [
    { value: -Infinity, colour: 'green' },
    { value: 80, colour: 'red' },
  ],
};

/** `thresholds` of `owner`: `{ mode, steps }`, or the plain list of steps of 2019; undefined where there is none. */
export function readThresholds(owner: Cursor): Thresholds | undefined {
  const isList = Array.isArray(owner.raw('thresholds'));
  if (!isList && !owner.child('thresholds').has('steps')) return undefined;
  const holder = isList ? owner : owner.child('thresholds');
  const steps = holder.items(isList ? 'thresholds' : 'steps', stepsMax).map((step) => ({
    value: boundOf(step) ?? -Infinity,
    colour: step.text('color'),
  }));
  const mode = isList ? 'absolute' : holder.oneOf('mode', ['absolute', 'percentage'], 'absolute');
  return { mode, steps: inOrder(steps) };
}

/** In JSON there is no infinity: the first step has null, or what some writer made of it. */
function boundOf(step: Cursor): number | undefined {
  const value = step.raw('value');
  return value === '-Infinity' ? undefined : numberOf(value);
}

/** `70,90` and three colours, as singlestats and old tables have them: from the lowest values upwards. */
export function thresholdsOfParts(
  bounds: readonly (string | number)[],
  colours: readonly string[],
): Thresholds {
  const values = bounds.flatMap((bound) => numberOf(bound) ?? []);
  const steps = [-Infinity, ...values].slice(0, colours.length).map((value, index) => ({
    value,
    colour: colours[index] ?? '',
  }));
  return { mode: 'absolute', steps: inOrder(steps) };
}

/** The lowest holds for all that is below it too, whatever bound a file gives it: newer writers give 0. */
function inOrder(steps: Thresholds['steps']): Thresholds['steps'] {
  const sorted = steps.toSorted((a, b) => (a.value === b.value ? 0 : a.value - b.value));
  return sorted.map(({ value, colour }, index) => ({
    value: index === 0 ? -Infinity : value,
    colour,
  }));
}
