import { labelsFromObject } from '#model';
import type { Labels } from '#model';
import { systemDisk } from '#platform';
import { CommandError } from './command.ts';

/** Read at a time. */
const PIECE_BYTES = 65_536;

/** A longer line is none of labels. Bytes. */
const LINE_BYTES_MAX: number = 1024 * 1024;

/**
 * The first different series of a file with one JSON object of labels a line, as promtool's
 * `20kseries.json`; fewer where the file has fewer.
 */
export function readSeries(path: string, countMax: number): Labels[] {
  const found: Labels[] = [];
  const known = new Set<string>();
  let number = 0;
  for (const line of linesOf(path)) {
    if (found.length >= countMax) break;
    number++;
    if (line.trim() === '') continue;
    const labels = parseLabels(line);
    if (labels === undefined) {
      throw new CommandError(`cannot read ${path}: line ${number}: expected an object of labels`);
    }
    const key = labels.join('\0');
    if (known.has(key)) continue;
    known.add(key);
    found.push(labels);
  }
  return found;
}

/** Undefined where it is no object of texts, or names nothing. */
export function parseLabels(line: string): Labels | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const pairs = Object.entries(parsed as Record<string, unknown>);
  const texts = pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  if (texts.length !== pairs.length) return undefined;
  const labels = labelsFromObject(Object.fromEntries(texts));
  return labels.length === 0 ? undefined : labels;
}

/** As one machine's containers show them: a hundred metrics, a different container for each hundred series. */
export function madeUpSeries(count: number): Labels[] {
  return Array.from({ length: count }, (_, i) => {
    const container = Math.floor(i / 100);
    return labelsFromObject({
      __name__: `bench_container_metric_${i % 100}_total`,
      container: `gallery-${container}`,
      id: `/docker/${(container + 1).toString(16).padStart(12, '0')}`,
      image: `gallery:${container % 8}`,
      instance: `10.0.${Math.floor(container / 6400) % 256}.${Math.floor(container / 25) % 256}:8080`,
      job: 'bench',
    });
  });
}

function* linesOf(path: string): Generator<string> {
  const file = systemDisk.open(path, 'read');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    let rest = Buffer.alloc(0);
    for (let at = 0; ;) {
      const bytes = file.readAt(at, piece);
      if (bytes === 0) break;
      at += bytes;
      rest = Buffer.concat([rest, piece.subarray(0, bytes)]);
      let start = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
        yield rest.toString('utf8', start, end);
        start = end + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > LINE_BYTES_MAX) {
        throw new CommandError(
          `cannot read ${path}: a line is longer than ${LINE_BYTES_MAX} bytes`,
        );
      }
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    file.close();
  }
}
