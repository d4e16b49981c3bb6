import type { Frame } from './frame.ts';
import type { Cursor } from './read-cursor.ts';
import { textPattern } from './text-pattern.ts';
import { namedFields, renamed } from './transform.ts';

/** Names in which a pattern is found, with what it matched replaced. */
export function renameByRegex(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const source = options.text('regex');
  const replacement = options.text('renamePattern');
  if (source === '') return frames;
  const pattern = textPattern(source);
  if (pattern === undefined) {
    options.tell('regex', `cannot use the pattern ${source.slice(0, 200)}`);
    return frames;
  }
  const named = namedFields(frames);
  return frames.map((frame, i) => ({
    ...frame,
    fields: (named[i] ?? []).map(({ field, name }) => {
      return pattern.finds(name) ? renamed(field, pattern.replace(name, replacement)) : field;
    }),
  }));
}
