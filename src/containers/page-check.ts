import { createPageParser, EntryKind } from '#exposition';
import type { PageError, PageFormat } from '#exposition';

export interface PageCheck {
  readonly samples: number;
  /** Where the page stops being one. */
  readonly error: PageError | undefined;
}

/** Reads a page to its end, or to its first error. */
export function checkPage(page: Uint8Array, format: PageFormat): PageCheck {
  const parser = createPageParser(page, format, {});
  let samples = 0;
  for (;;) {
    const kind = parser.next();
    if (kind === EntryKind.end) return { samples, error: undefined };
    if (kind === EntryKind.error) return { samples, error: parser.error };
    if (kind === EntryKind.series || kind === EntryKind.histogram) samples++;
  }
}
