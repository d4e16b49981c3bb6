import { ConvertingParser } from './convert-parser.ts';
import { OpenMetricsParser } from './openmetrics-parser.ts';
import type { PageFormat, PageOptions, PageParser } from './page-parser.ts';
import { ProtobufParser } from './protobuf-parser.ts';
import { ReplayParser } from './replay-parser.ts';
import { TextParser } from './text-parser.ts';

/**
 * The parser of a page whose format `chooseFormat` found. It may keep the page itself (as `bytes`), which
 * must not change any more.
 */
export function createPageParser(
  page: Uint8Array,
  format: PageFormat,
  options: PageOptions = {},
): PageParser {
  switch (format) {
    case 'text':
      return withConversion(new TextParser(page, options), options);
    case 'openmetrics':
      return withConversion(new OpenMetricsParser(page, options), options);
    case 'protobuf':
      return new ReplayParser(new ProtobufParser(page, options));
  }
}

function withConversion(parser: PageParser, options: PageOptions): PageParser {
  if (options.convertClassicHistograms !== true) return parser;
  const keepsClassic = options.alwaysScrapeClassicHistograms === true;
  return new ReplayParser(new ConvertingParser(parser, keepsClassic));
}
