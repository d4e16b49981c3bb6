import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPageParser, EntryKind } from '#exposition';

/** Parses each page again and again; prints nanoseconds of CPU for a series line, and a checksum of all values. */
function run(path: string, rounds: number): void {
  const page = readFileSync(path);
  const format = path.endsWith('.openmetrics') || path.endsWith('.om.txt') ? 'openmetrics' : 'text';
  let lines = 0;
  let sum = 0;
  let startedAt = 0;
  for (let round = -rounds; round < rounds; round++) {
    if (round === 0) {
      lines = 0;
      sum = 0;
      startedAt = process.cpuUsage().user;
    }
    const parser = createPageParser(page, format);
    for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
      if (kind === EntryKind.error) break;
      if (kind !== EntryKind.series) continue;
      lines++;
      sum += parser.seriesEnd - parser.seriesStart + (Number.isFinite(parser.value) ? 1 : 0);
    }
  }
  const nanoseconds = ((process.cpuUsage().user - startedAt) * 1000) / lines;
  const result = {
    benchmark: 'exposition/parse',
    page: path.split('/').at(-1),
    nsPerLine: Math.round(nanoseconds),
    bytesPerLine: Math.round((page.length * rounds) / lines),
    hash: sum / rounds,
  };
  console.log(JSON.stringify(result));
}

const dir = process.argv[2] ?? new URL('../../shared/corpus/pages', import.meta.url).pathname;
for (const file of readdirSync(dir).filter((name) => !name.endsWith('.json')))
  run(join(dir, file), Number(process.argv[3] ?? 50));
