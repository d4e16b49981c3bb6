/** A compiled pattern that may match anywhere in a text. Matching takes time linear in the text. */
export interface Search {
  readonly groupCount: () => number;
  /** Numbers of groups by their names. */
  readonly namedGroups: () => Readonly<Record<string, number>>;
  readonly matcher: (text: string) => SearchMatcher;
}

/** Goes through the matches of one text, from left to right. */
export interface SearchMatcher {
  /** Moves to the next match; the other methods speak of it. */
  readonly find: () => boolean;
  readonly start: () => number;
  readonly end: () => number;
  /** By number, 0 for the whole match, or by name; null for one that takes no part. */
  readonly group: (group: number | string) => string | null;
}
