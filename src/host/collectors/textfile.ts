import { parseFamilies, writeText } from '#exposition';
import type { FamilyMetric, MetricFamily } from '#model';
import type { Collect, Collector, Host } from '../host.ts';
import { oneLabel } from '../page-text.ts';
import { expandDirectories } from '../textfile-directories.ts';

const SUFFIX = '.prom';
/** A file that a script writes has some kilobytes; what is more than this is no such file. */
const FILE_BYTES_MAX = 4 * 2 ** 20;
const FILES_MAX = 1000;
const ALL_BYTES_MAX = 16 * 2 ** 20;

/** Comes after all others, since it must not repeat their names. */
export const textfile: Collector = { name: 'textfile', isDefault: true, isLast: true, open };

interface ReadFile {
  readonly path: string;
  readonly modifiedMs: number;
  readonly bytes: Uint8Array;
  readonly families: readonly MetricFamily[];
}

function open(host: Host): Collect {
  let known = new Map<string, ReadFile>();
  const faults = new Faults(host);
  return async (page, taken) => {
    const fault = faults.begin();
    const found = new Map<string, ReadFile>();
    for (const path of await findFiles(host, fault)) {
      const file = await tryRead(host, path, known.get(path), fault);
      if (file !== undefined) found.set(path, file);
    }
    known = keepWithin(found, fault);
    page.append(writeText(join([...known.values()], taken, fault)));
    page.family(
      'node_textfile_mtime_seconds',
      'gauge',
      'Unixtime mtime of textfiles successfully read.',
    );
    for (const { path, modifiedMs } of known.values()) {
      page.sample(oneLabel('file', path), Math.trunc(modifiedMs / 1000));
    }
    page.gauge(
      'node_textfile_scrape_error',
      '1 if there was an error opening or reading a file, 0 otherwise',
      faults.end() ? 1 : 0,
    );
  };
}

type Fault = (reason: string) => void;

/** What is wrong with the files is logged when it begins, not for each page. */
class Faults {
  readonly #host: Host;
  #last: ReadonlySet<string> = new Set();
  #now = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  begin(): Fault {
    this.#now = new Set();
    return (reason) => {
      if (!this.#now.has(reason) && !this.#last.has(reason)) {
        this.#host.log.warn('cannot take a text file of metrics', { err: reason });
      }
      this.#now.add(reason);
    };
  }

  /** There were some. */
  end(): boolean {
    this.#last = this.#now;
    return this.#now.size > 0;
  }
}

async function findFiles(host: Host, fault: Fault): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const directory of await expandDirectories(host.textfileDirectories, host.files)) {
    try {
      const names = await host.files.listLater(directory);
      for (const name of names) {
        if (name.endsWith(SUFFIX)) paths.push(`${directory.replace(/\/+$/, '')}/${name}`);
      }
    } catch (error) {
      fault(`cannot read ${directory}: ${reasonOf(error)}`);
    }
  }
  if (paths.length > FILES_MAX) fault(`there are more than ${FILES_MAX} files`);
  return paths.slice(0, FILES_MAX);
}

async function tryRead(
  { files }: Host,
  path: string,
  known: ReadFile | undefined,
  fault: Fault,
): Promise<ReadFile | undefined> {
  try {
    const { bytes, modifiedMs } = await files.readFileLater(path, FILE_BYTES_MAX);
    if (known !== undefined && Buffer.compare(known.bytes, bytes) === 0) {
      return { ...known, modifiedMs };
    }
    return { path, bytes, modifiedMs, families: parse(bytes, path) };
  } catch (error) {
    fault(`${path}: ${reasonOf(error)}`);
    return undefined;
  }
}

function parse(bytes: Uint8Array, path: string): readonly MetricFamily[] {
  const { families, error } = parseFamilies(bytes);
  // The message quotes the file; a path and a line are enough to find it.
  if (error !== undefined) throw new Error(`line ${error.line} is not in the text format`);
  const timed = families.some((family) =>
    family.metrics.some((metric) => metric.timestampMs !== undefined),
  );
  if (timed) throw new Error('its samples have timestamps, which would make them look fresh');
  return families.map((family) => {
    const { name, type, metrics } = family;
    return family.help === '' ? { name, type, metrics, help: `Metric read from ${path}` } : family;
  });
}

function keepWithin(found: Map<string, ReadFile>, fault: Fault): Map<string, ReadFile> {
  const kept = new Map<string, ReadFile>();
  let bytes = 0;
  for (const [path, file] of found) {
    bytes += file.bytes.length;
    if (bytes > ALL_BYTES_MAX) {
      fault(`the files have more than ${ALL_BYTES_MAX} bytes together`);
      break;
    }
    kept.set(path, file);
  }
  return kept;
}

/** Families of one name from several files are one family; the first file says what it is. */
function join(
  files: readonly ReadFile[],
  taken: ReadonlySet<string>,
  fault: Fault,
): readonly MetricFamily[] {
  const joined = new Map<string, { family: MetricFamily; metrics: Map<string, FamilyMetric> }>();
  for (const { path, families } of files) {
    for (const family of families) {
      if (taken.has(family.name) || family.name.startsWith('node_textfile_')) {
        fault(`${path}: ${family.name} is measured by a collector`);
        continue;
      }
      const entry = joined.get(family.name) ?? { family, metrics: new Map() };
      if (entry.family.type !== family.type) {
        fault(`${path}: ${family.name} is of another type than in another file`);
        continue;
      }
      joined.set(family.name, entry);
      for (const metric of family.metrics) {
        const key = JSON.stringify(metric.labels.toSorted(([a], [b]) => (a < b ? -1 : 1)));
        if (entry.metrics.has(key)) fault(`${path}: a series of ${family.name} stands there twice`);
        else entry.metrics.set(key, metric);
      }
    }
  }
  return [...joined.values()].map(({ family: { name, type, help }, metrics }) => ({
    name,
    type,
    help,
    metrics: [...metrics.values()],
  }));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
