import { execution } from '../evaluate/evaluation.ts';
import type { Window } from '../evaluate/window.ts';
import type { RateKind, RateTarget } from './rate-kind.ts';

export function extendedRate(_window: Window, _kind: RateKind, _target: RateTarget): void {
  throw execution('cannot evaluate anchored and smoothed ranges: they are not there yet');
}
