export interface MetricMatch {
  readonly name: string;
  /** Indexes of the characters that matched, rising. */
  readonly hits: readonly number[];
}

/**
 * Names that contain every word of the filter, else those that contain its letters in order.
 * Better ones first: the whole name, a prefix, a substring early in the name, shorter names.
 */
export function filterMetrics(names: readonly string[], filter: string): MetricMatch[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return names.map((name) => ({ name, hits: [] }));
  const ranked: { match: MetricMatch; rank: number }[] = [];
  for (const name of names) {
    const hits = findWords(name.toLowerCase(), words) ?? findLetters(name.toLowerCase(), words);
    if (hits !== undefined) ranked.push({ match: { name, hits: hits.indexes }, rank: hits.rank });
  }
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.map(({ match }) => match);
}

interface Hits {
  readonly indexes: readonly number[];
  readonly rank: number;
}

/** Above every rank that findWords gives. */
const LETTERS_RANK = 1_000_000;

function findWords(name: string, words: readonly string[]): Hits | undefined {
  const indexes = new Set<number>();
  let rank = name.length / 1000;
  for (const word of words) {
    const at = name.indexOf(word);
    if (at === -1) return undefined;
    rank += at;
    for (let i = 0; i < word.length; i++) indexes.add(at + i);
  }
  return { indexes: [...indexes].toSorted((a, b) => a - b), rank };
}

function findLetters(name: string, words: readonly string[]): Hits | undefined {
  const indexes: number[] = [];
  let from = 0;
  for (const letter of words.join('')) {
    const at = name.indexOf(letter, from);
    if (at === -1) return undefined;
    indexes.push(at);
    from = at + 1;
  }
  const spread = (indexes.at(-1) ?? 0) - (indexes[0] ?? 0);
  return { indexes, rank: LETTERS_RANK + spread + name.length / 1000 };
}
