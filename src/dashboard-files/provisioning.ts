import { parse } from 'yaml';
import { errorText } from '#platform';
import type { WatchedDisk } from '#platform';
import { DashboardError } from './dashboard-error.ts';
import { isRecord } from './dashboard-file.ts';
import type { JsonRecord } from './dashboard-file.ts';
import { readWhole } from './disk-text.ts';
import type { FileProblem, FolderOptions } from './folder-files.ts';

/** One YAML file, in bytes. */
const YAML_BYTES_MAX = 1 << 20;
const FILES_MAX = 100;
/** Providers and data sources of all files. */
const PROVIDERS_MAX = 200;

/** Where Grafana's image has these files; paths in them often begin so. */
const GRAFANA_DIR = '/etc/grafana/provisioning';

/** A data source of a file that is of type Prometheus: dashboards mean us by it. */
export interface ProvisionedDatasource {
  readonly name: string;
  readonly uid: string;
  readonly isDefault: boolean;
}

/** Grafana's provisioning files in a directory, in `dashboards` and `datasources` below it; only read. */
export class Provisioning {
  folders: readonly FolderOptions[] = [];
  datasources: readonly ProvisionedDatasource[] = [];
  problems: readonly FileProblem[] = [];
  readonly #disk: WatchedDisk;
  readonly #dir: string;
  #stamp = '';

  constructor(disk: WatchedDisk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  /** Reads the files if one of them is not as it was. Whether they were read. */
  scan(): boolean {
    const problems: FileProblem[] = [];
    try {
      if (!this.#disk.exists(this.#dir)) throw new Error('there is no such directory');
      const paths = this.#yamlPaths(problems);
      const stamp = paths.map((path) => this.#stampOf(path)).join('\n');
      if (stamp === this.#stamp) return false;
      this.#stamp = stamp;
      this.#readAll(paths, problems);
    } catch (error) {
      problems.push({ path: this.#dir, message: errorText(error) });
      this.#stamp = '';
    }
    this.problems = problems;
    return true;
  }

  #yamlPaths(problems: FileProblem[]): readonly string[] {
    const dirs = [this.#dir, `${this.#dir}/dashboards`, `${this.#dir}/datasources`];
    const paths = dirs.flatMap((dir) =>
      this.#disk
        .list(dir)
        .filter((name) => /^[^.].*\.ya?ml$/.test(name))
        .map((name) => `${dir}/${name}`),
    );
    if (paths.length > FILES_MAX) {
      const message = `only the first ${FILES_MAX} of ${paths.length} files are read`;
      problems.push({ path: this.#dir, message });
    }
    return paths.slice(0, FILES_MAX);
  }

  #stampOf(path: string): string {
    const { bytes = 0, modifiedMs = 0 } = this.#disk.status(path) ?? {};
    return `${path} ${bytes} ${modifiedMs}`;
  }

  #readAll(paths: readonly string[], problems: FileProblem[]): void {
    const folders: FolderOptions[] = [];
    const datasources: ProvisionedDatasource[] = [];
    for (const path of paths) {
      try {
        const file = this.#read(path);
        for (const entry of entriesOf(file, 'providers')) folders.push(this.#folderOf(entry));
        for (const entry of entriesOf(file, 'datasources'))
          datasources.push(...datasourceOf(entry));
      } catch (error) {
        problems.push({ path, message: errorText(error) });
      }
    }
    if (folders.length > PROVIDERS_MAX || datasources.length > PROVIDERS_MAX) {
      const message = `only the first ${PROVIDERS_MAX} providers and data sources are used`;
      problems.push({ path: this.#dir, message });
    }
    this.folders = folders.slice(0, PROVIDERS_MAX);
    this.datasources = datasources.slice(0, PROVIDERS_MAX);
  }

  #read(path: string): JsonRecord {
    if ((this.#disk.status(path)?.bytes ?? 0) > YAML_BYTES_MAX) {
      throw new DashboardError('too_large', `it has more than ${YAML_BYTES_MAX >> 20} MB`);
    }
    const text = new TextDecoder().decode(readWhole(this.#disk, path));
    // What is wrong is told with line and column.
    const value: unknown = parse(text, { prettyErrors: true, logLevel: 'error' });
    return isRecord(value) ? value : {};
  }

  /** Throws an Error that says what is wrong with a provider. */
  #folderOf(provider: JsonRecord): FolderOptions {
    const { name, type, folder, options, disableDeletion } = provider;
    const title = JSON.stringify(typeof name === 'string' ? name.slice(0, 100) : '');
    if (type !== undefined && type !== 'file') {
      throw new DashboardError('bad_data', `provider ${title}: only type file is known`);
    }
    const { path, foldersFromFilesStructure: ofDirectories } = isRecord(options) ? options : {};
    if (typeof path !== 'string' || path === '') {
      throw new DashboardError('bad_data', `provider ${title}: it has no options.path`);
    }
    return {
      origin: 'provisioned',
      dir: this.#dirOf(path),
      folder: ofDirectories === true ? undefined : typeof folder === 'string' ? folder : '',
      keepsGone: disableDeletion === true,
      isOptional: false,
    };
  }

  #dirOf(path: string): string {
    const plain = path.replace(/(?<=.)\/+$/, '');
    if (!plain.startsWith('/')) return `${this.#dir}/${plain.replace(/^\.\//, '')}`;
    const isGrafanas = plain === GRAFANA_DIR || plain.startsWith(`${GRAFANA_DIR}/`);
    if (!isGrafanas || this.#disk.exists(plain)) return plain;
    return this.#dir + plain.slice(GRAFANA_DIR.length);
  }
}

function entriesOf(file: JsonRecord, name: string): readonly JsonRecord[] {
  const list = file[name];
  return Array.isArray(list) ? (list as readonly unknown[]).filter(isRecord) : [];
}

function datasourceOf({ name, uid, type, isDefault }: JsonRecord): ProvisionedDatasource[] {
  if (typeof name !== 'string' || type !== 'prometheus') return [];
  const known = typeof uid === 'string' && uid !== '' ? uid : name;
  return [{ name, uid: known, isDefault: isDefault === true }];
}
