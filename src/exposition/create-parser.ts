import { OpenMetricsParser } from './openmetrics-parser.ts';
import type { PageFormat, PageOptions, PageParser } from './page-parser.ts';
import { TextParser } from './text-parser.ts';

/** The parser of a page whose format `chooseFormat` found. The page must not change while it is read. */
export function createPageParser(
  page: Uint8Array,
  format: PageFormat,
  options: PageOptions = {},
): PageParser {
  switch (format) {
    case 'text':
      return new TextParser(page, options);
    case 'openmetrics':
      return new OpenMetricsParser(page, options);
    case 'protobuf':
      throw new Error('BUG: protobuf is not offered yet');
  }
}
