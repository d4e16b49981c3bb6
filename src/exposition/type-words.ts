import type { MetricType } from '#model';

/** The words of a TYPE line as bytes: compared in place, no string is made for a line that repeats. */
export type TypeWords = readonly (readonly [word: Uint8Array, type: MetricType])[];

export function typeWords(types: Readonly<Record<string, MetricType>>): TypeWords {
  const encoder = new TextEncoder();
  return Object.entries(types).map(([word, type]) => [encoder.encode(word), type] as const);
}

/** The type that the bytes name, or undefined. */
export function typeAt(
  words: TypeWords,
  bytes: Uint8Array,
  start: number,
  end: number,
): MetricType | undefined {
  for (const [word, type] of words) {
    if (word.length !== end - start) continue;
    let i = 0;
    while (i < word.length && word[i] === bytes[start + i]) i++;
    if (i === word.length) return type;
  }
  return undefined;
}
