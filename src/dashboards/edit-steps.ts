import type { JsonObject } from './dashboard.ts';
import { isSameJson, reuseEqual } from './edit-json.ts';

/** More than anybody takes back one by one. Steps share what they did not change. */
const stepsMax = 200;
/** Changes of the same thing within so long are one: letters typed into a field, a panel moved by keys. */
const sameStepMs = 1500;

/** A change that was made: what it was made to, or came to be again. */
export interface EditStep {
  readonly json: JsonObject;
  /** What was done, in words: `Title of “CPU”`. */
  readonly what: string;
}

/** An edited file with what can be taken back. */
export interface EditSteps {
  readonly json: JsonObject;
  /** Oldest first; each with the file before it. */
  readonly past: readonly EditStep[];
  /** The next first; each with the file after it. */
  readonly future: readonly EditStep[];
  /** When the last change was made; 0 after one was taken back, so that the next is a new one. */
  readonly changedMs: number;
}

export function startEdit(json: JsonObject): EditSteps {
  return { json, past: [], future: [], changedMs: 0 };
}

/** What changes nothing is no step. */
export function makeEdit(
  steps: EditSteps,
  next: JsonObject,
  { what, nowMs }: { readonly what: string; readonly nowMs: number },
): EditSteps {
  const json = reuseEqual(steps.json, next) as JsonObject;
  if (json === steps.json || isSameOrder(json, steps.json)) return steps;
  const last = steps.past.at(-1);
  const continues = last?.what === what && nowMs - steps.changedMs < sameStepMs;
  const past = continues ? steps.past : [...steps.past, { json: steps.json, what }];
  return { json, past: past.slice(-stepsMax), future: [], changedMs: nowMs };
}

/** A change of the order of keys alone is one, too: it changes the file. */
function isSameOrder(a: JsonObject, b: JsonObject): boolean {
  return isSameJson(a, b) && JSON.stringify(a) === JSON.stringify(b);
}

export function undoEdit(steps: EditSteps): EditSteps {
  const last = steps.past.at(-1);
  if (last === undefined) return steps;
  const future = [{ json: steps.json, what: last.what }, ...steps.future];
  return { json: last.json, past: steps.past.slice(0, -1), future, changedMs: 0 };
}

export function redoEdit(steps: EditSteps): EditSteps {
  const [next, ...future] = steps.future;
  if (next === undefined) return steps;
  const past = [...steps.past, { json: steps.json, what: next.what }];
  return { json: next.json, past, future, changedMs: 0 };
}
