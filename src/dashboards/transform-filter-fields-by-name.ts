import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
import { textPattern } from './text-pattern.ts';
import type { NamedField } from './transform.ts';
import { isNamed, namedFields, withFields } from './transform.ts';

const namesMax = 10_000;

/** Only the fields that are included, by name or pattern, and not those that are excluded. */
export function filterFieldsByName(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const include = choiceOf(options, 'include');
  const exclude = choiceOf(options, 'exclude');
  return namedFields(frames).flatMap((fields, i): Frame[] => {
    const kept = fields.filter((one) => {
      return (include === undefined || include(one)) && !(exclude?.(one) ?? false);
    });
    const frame = frames[i];
    if (frame === undefined || kept.length === 0) return [];
    return [
      withFields(
        frame,
        kept.map(({ field }) => field),
      ),
    ];
  });
}

function choiceOf(options: Cursor, key: string): ((one: NamedField) => boolean) | undefined {
  const choice = options.child(key);
  const names = choice.texts('names', namesMax);
  const source = choice.text('pattern');
  if (names.length === 0 && source === '') return undefined;
  const pattern = source === '' ? undefined : textPattern(source);
  if (source !== '' && pattern === undefined) {
    choice.tell('pattern', `cannot use the pattern ${source.slice(0, 200)}`);
  }
  return (one) => names.some((name) => isNamed(one, name)) || (pattern?.finds(one.name) ?? false);
}

/** Only frames of the queries named. */
export function filterByRefId(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const include = options.text('include');
  if (include === '') return frames;
  const pattern = textPattern(include);
  return frames.filter(({ refId }) => refId === include || (pattern?.finds(refId) ?? false));
}
