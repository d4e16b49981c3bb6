import { COLLECTORS } from './collector-list.ts';
import type { Collector } from './host.ts';

/** A list of collectors that cannot be read; the operator's mistake. */
export class CollectorsError extends Error {
  override readonly name = 'CollectorsError';
  readonly code = 'unknown-collector';
}

/**
 * Reads `cpu,meminfo` (these alone), `-hwmon,+processes` (the default, with changes) or '' (the default).
 * Throws CollectorsError.
 */
export function chooseCollectors(text: string): readonly Collector[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const named = words.filter((word) => !/^[+-]/.test(word));
  const chosen = new Set(
    named.length > 0
      ? named
      : COLLECTORS.filter(({ isDefault }) => isDefault).map(({ name }) => name),
  );
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    if (!COLLECTORS.some((one) => one.name === name)) {
      const known = COLLECTORS.map((one) => one.name).join(', ');
      throw new CollectorsError(`there is no collector ${JSON.stringify(name)}, only ${known}`);
    }
    if (word.startsWith('-')) chosen.delete(name);
    else chosen.add(name);
  }
  return COLLECTORS.filter(({ name }) => chosen.has(name));
}
