import { ProtobufWriter } from '#bytes';
import { createPageParser, EntryKind } from '#exposition';
import type { CaseResult } from '../suite.ts';
import { compare, readCases } from './cases.ts';

interface KindCase {
  readonly exposed: string;
  readonly always_scrape_classic_histograms: boolean;
  readonly convert_classic_histograms_to_nhcb: boolean;
  readonly expect: Readonly<Record<'classic' | 'exponential' | 'nhcb', boolean>>;
}

/** Exposes a histogram in the forms that a case names, and looks which come out. */
export async function histogramKindsFile(dir: string): Promise<readonly CaseResult[]> {
  const cases = await readCases<KindCase>(dir, 'histogram-kinds.json');
  return cases.map((one, i) => {
    const parser = createPageParser(page(one.exposed), 'protobuf', {
      scrapeNativeHistograms: true,
      alwaysScrapeClassicHistograms: one.always_scrape_classic_histograms,
      convertClassicHistograms: one.convert_classic_histograms_to_nhcb,
    });
    const got = { classic: false, exponential: false, nhcb: false };
    for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
      if (kind === EntryKind.error) return { id: `${i}`, ok: false, message: 'error' };
      if (kind === EntryKind.series) got.classic = true;
      if (kind !== EntryKind.histogram) continue;
      if (parser.histogram().schema === -53) got.nhcb = true;
      else got.exponential = true;
    }
    return compare(`${i} ${one.exposed}`, got, one.expect);
  });
}

function page(exposed: string): Uint8Array {
  const kinds = exposed.split('+');
  const histogram = new ProtobufWriter().uint(1, 3).double(2, 4);
  if (kinds.includes('classic')) {
    histogram.field(3, new ProtobufWriter().uint(1, 2).double(2, 1));
  }
  if (kinds.includes('exponential')) {
    const span = new ProtobufWriter().sint(1, 0).uint(2, 1);
    histogram.sint(5, 0).field(12, span).sint(13, 3);
  }
  const metric = new ProtobufWriter().field(7, histogram);
  const family = new ProtobufWriter().field(1, 'h').uint(3, 4).field(4, metric);
  const bytes = family.finish();
  return Uint8Array.from([bytes.length, ...bytes]);
}
