import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { createPageParser, EntryKind, type PageFormat } from '#exposition';
import type { Benchmark, Measurement } from './run.ts';

/** Real pages, where they are at hand. */
const CORPUS = fileURLToPath(new URL('../../shared/corpus/pages', import.meta.url));

/** Lines of some 117 bytes, as an application has them, with metadata before every twenty. */
function madePage(lineCount: number): Uint8Array {
  const lines: string[] = [];
  for (let i = 0; i < lineCount; i++) {
    const name = `http_server_requests_seconds_${Math.floor(i / 20)}_bucket`;
    if (i % 20 === 0) lines.push(`# HELP ${name} How long requests took.`, `# TYPE ${name} gauge`);
    const labels = `method="GET",uri="/api/v1/images/${i % 7}",outcome="SUCCESS",status="200"`;
    lines.push(`${name}{${labels},le="${i % 20}"} ${i * 1.25}`);
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

interface Read {
  readonly lines: number;
  readonly sum: number;
}

function readPage(page: Uint8Array, format: PageFormat): Read {
  const parser = createPageParser(page, format);
  let lines = 0;
  let sum = 0;
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    // A page of the corpus may be cut off.
    if (kind === EntryKind.error) break;
    if (kind !== EntryKind.series) continue;
    lines++;
    sum += parser.seriesEnd - parser.seriesStart + (Number.isFinite(parser.value) ? 1 : 0);
  }
  return { lines, sum };
}

/** Nanoseconds of CPU for a series line, metadata lines included. */
function measure(name: string, page: Uint8Array, rounds: number): Measurement {
  const format = name.endsWith('.openmetrics') ? 'openmetrics' : 'text';
  let read: Read = { lines: 0, sum: 0 };
  for (let round = 0; round < rounds; round++) read = readPage(page, format);
  const startedAt = process.cpuUsage().user;
  for (let round = 0; round < rounds; round++) read = readPage(page, format);
  const microseconds = process.cpuUsage().user - startedAt;
  const value = Math.round((microseconds * 1000) / (rounds * read.lines));
  return { name: `exposition/parse/${name}`, value, unit: 'ns/line', hash: String(read.sum) };
}

export const run: Benchmark['run'] = (size) => {
  const small = size === 'small';
  const measurements = [measure('made', madePage(small ? 100 : 2000), small ? 2 : 200)];
  if (!small && existsSync(CORPUS)) {
    for (const file of readdirSync(CORPUS)) {
      measurements.push(measure(file, readFileSync(join(CORPUS, file)), 200));
    }
  }
  return Promise.resolve(measurements);
};
