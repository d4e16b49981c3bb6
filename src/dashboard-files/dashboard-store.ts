import type {
  DashboardEntry,
  DashboardsData,
  DashboardVersionsData,
  SaveDashboard,
} from '#contract';
import { errorText } from '#platform';
import type { Clock, Log, Timer, WatchedDisk } from '#platform';
import { DashboardError } from './dashboard-error.ts';
import {
  checkDashboard,
  factsOf,
  FILE_BYTES_MAX,
  parseDashboard,
  withUid,
} from './dashboard-file.ts';
import type { JsonRecord, StoredDashboard } from './dashboard-file.ts';
import { freeUid, indexDashboards, uidOfPath } from './dashboard-index.ts';
import type { DashboardIndex, PlacedDashboard } from './dashboard-index.ts';
import { checkFolder, isFileName, isUid, slugOf } from './file-names.ts';
import { FolderFiles } from './folder-files.ts';
import type { FileProblem, FolderOptions } from './folder-files.ts';
import { DashboardTracks } from './dashboard-tracks.ts';
import type { SaveNote } from './dashboard-tracks.ts';
import { History } from './history.ts';
import { Provisioning } from './provisioning.ts';
import type { ProvisionedDatasource } from './provisioning.ts';

/** Own, provisioned and shipped together. */
const DASHBOARDS_MAX = 5000;
/** Their files are kept in memory, so that the last good one is there while somebody edits it. */
const BYTES_MAX = 256 << 20;
const PROBLEMS_MAX = 1000;

const SCAN_INTERVAL_MS = 3000;
/** Looking takes at most this part of the time. */
const SCAN_SHARE = 1 / 200;

export interface DashboardStoreOptions {
  readonly disk: WatchedDisk;
  readonly clock: Clock;
  readonly log: Log;
  /** Of one's own dashboards; made when one is saved. */
  readonly dir: string;
  /** Of Grafana's provisioning files. */
  readonly provisioningDir?: string | undefined;
  /** Undefined: the package has none. */
  readonly shippedDir?: string | undefined;
  /** Nothing is written, neither dashboards nor their history. */
  readonly isReadOnly: boolean;
  readonly dashboardsMax?: number;
}

/** What the history says of a version that is brought back. */
export interface RestoreNote {
  /** Which version it is, unless given. */
  readonly message?: string | undefined;
  /** '' where that is not known. */
  readonly author?: string;
}

/** Dashboards as files of one's own, of provisioned folders and of the package. Methods throw DashboardError. */
export class DashboardStore {
  readonly #options: DashboardStoreOptions;
  readonly #log: Log;
  readonly #own: FolderFiles;
  readonly #shipped: readonly FolderFiles[];
  readonly #provisioning: Provisioning | undefined;
  #provisioned: readonly FolderFiles[] = [];
  readonly #tracks: DashboardTracks;
  #index: DashboardIndex = { byUid: new Map(), problems: [] };
  #timer: Timer | undefined;
  #isClosed = false;
  #toldProblems = new Set<string>();

  constructor(options: DashboardStoreOptions) {
    this.#options = options;
    this.#log = options.log;
    const { disk, dir, provisioningDir, shippedDir, isReadOnly } = options;
    this.#provisioning =
      provisioningDir === undefined ? undefined : new Provisioning(disk, provisioningDir);
    const common = { keepsGone: false, isOptional: true };
    this.#own = new FolderFiles(disk, { ...common, origin: 'own', dir, folder: undefined });
    this.#shipped =
      shippedDir === undefined
        ? []
        : [
            new FolderFiles(disk, {
              ...common,
              origin: 'shipped',
              dir: shippedDir,
              folder: SHIPPED_FOLDER,
            }),
          ];
    this.#tracks = new DashboardTracks(new History(disk, `${dir}/.history`), isReadOnly);
    this.#scan();
    this.#watch(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  list(): DashboardsData {
    const dashboards = [...this.#index.byUid.values()].map((placed) => this.#entryOf(placed));
    return { dashboards: dashboards.toSorted(byFolderAndTitle), problems: this.problems };
  }

  get problems(): readonly FileProblem[] {
    const provisioning = this.#provisioning?.problems ?? [];
    const all = [...provisioning, ...this.#folders.flatMap((folder) => folder.problems)];
    return [...all, ...this.#index.problems, ...this.#tracks.problems].slice(0, PROBLEMS_MAX);
  }

  /** Those of the provisioning files that mean us. */
  get datasources(): readonly ProvisionedDatasource[] {
    return this.#provisioning?.datasources ?? [];
  }

  get(uid: string): StoredDashboard {
    const placed = this.#find(uid);
    return { entry: this.#entryOf(placed), json: placed.file.json };
  }

  save(order: SaveDashboard, author = ''): DashboardEntry {
    this.#checkWritable();
    const dashboard = checkDashboard(order.dashboard);
    const { uid: given, title } = factsOf(dashboard);
    if (title.trim() === '')
      throw new DashboardError('bad_data', 'cannot save a dashboard without a title');
    const folder = order.folder === undefined ? undefined : checkFolder(order.folder);
    if (order.uid !== undefined && !isUid(order.uid)) {
      throw new DashboardError('bad_data', `cannot use uid ${shown(order.uid)}`);
    }
    const named = order.uid ?? given;
    const wanted = named ?? slugOf(title);
    const target = this.#targetOf(wanted, order);
    const path = target === undefined ? undefined : this.#movedPath(target, folder);
    const place =
      path !== undefined && target !== undefined
        ? { uid: target.uid, path }
        : this.#newPlace(wanted, folder ?? '', { title, isNamed: named !== undefined });
    const json = encodeDashboard(atPlace(dashboard, place));
    const note = { uid: place.uid, message: order.message ?? '', author };
    this.#put(place, json, note);
    const left = target === undefined ? place.path : target.file.path;
    if (left !== place.path) this.#written(() => this.#own.remove(left));
    this.#reindex(note);
    return this.get(place.uid).entry;
  }

  remove(uid: string): void {
    this.#checkWritable();
    const placed = this.#find(uid);
    checkOwn(placed, 'delete');
    this.#tracks.keep(uid);
    this.#written(() => this.#own.remove(placed.file.path));
    this.#reindex();
  }

  /** Also of one that was deleted. */
  versions(uid: string): DashboardVersionsData {
    const placed = this.#index.byUid.get(uid);
    const versions = this.#tracks.versions(uid);
    if (versions.length > 0) return { versions };
    if (placed === undefined) throw notFound(uid);
    const { version, changedAt } = this.#entryOf(placed);
    return { versions: [{ version, changedAt, message: '', bytes: placed.file.json.length }] };
  }

  version(uid: string, version: number): StoredDashboard {
    const placed = this.#index.byUid.get(uid);
    if (placed !== undefined && this.#entryOf(placed).version === version) return this.get(uid);
    const listed = this.#tracks.versions(uid).find((other) => other.version === version);
    const json = listed && this.#tracks.content(uid, version);
    if (listed === undefined || json === undefined) {
      throw new DashboardError('not_found', `dashboard ${shown(uid)} has no version ${version}`);
    }
    const { uid: _, ...facts } = factsOf(parseDashboard(json));
    const folder = folderOf(this.#tracks.fileOf(uid));
    const { changedAt } = listed;
    return { entry: { uid, ...facts, folder, origin: 'own', changedAt, version }, json };
  }

  /** Makes an old version the newest; brings back one that was deleted. */
  restore(
    uid: string,
    version: number,
    { message, author = '' }: RestoreNote = {},
  ): DashboardEntry {
    this.#checkWritable();
    const { json } = this.version(uid, version);
    const placed = this.#index.byUid.get(uid);
    if (placed !== undefined) checkOwn(placed, 'restore');
    const note = { uid, message: message ?? `version ${version} restored`, author };
    const dashboard = parseDashboard(json);
    const { title, uid: given } = factsOf(dashboard);
    const place =
      placed === undefined
        ? { uid, path: this.#pathToReturnTo(uid, title) }
        : { uid, path: placed.file.path };
    const isSame = (given ?? uidOfPath(place.path)) === uid;
    this.#put(place, isSame ? json : encodeDashboard(withUid(dashboard, uid)), note);
    this.#reindex(note);
    return this.get(uid).entry;
  }

  get #folders(): readonly FolderFiles[] {
    return [this.#own, ...this.#provisioned, ...this.#shipped];
  }

  #find(uid: string): PlacedDashboard {
    const placed = this.#index.byUid.get(uid);
    if (placed === undefined) throw notFound(uid);
    return placed;
  }

  #entryOf({ uid, file, folder }: PlacedDashboard): DashboardEntry {
    const { title, description, tags, panels } = file.facts;
    const { origin } = folder.options;
    return {
      uid,
      title: title === '' ? uid : title,
      description,
      tags,
      folder: file.folder,
      origin,
      panels,
      changedAt: new Date(Math.trunc(file.modifiedMs)).toISOString(),
      version: origin === 'own' ? this.#tracks.versionOf(uid) : file.changeCount,
    };
  }

  #checkWritable(): void {
    if (!this.#options.isReadOnly) return;
    throw new DashboardError('read_only', 'dashboards are read only here (--dashboards.readonly)');
  }

  /** What a save replaces; undefined: it makes a new one. */
  #targetOf(uid: string, { version, overwrite }: SaveDashboard): PlacedDashboard | undefined {
    const placed = this.#index.byUid.get(uid);
    if (version !== undefined) {
      if (placed === undefined) throw notFound(uid);
      checkOwn(placed, 'save');
      const { version: newest } = this.#entryOf(placed);
      if (newest !== version) {
        throw new DashboardError(
          'conflict',
          `cannot save dashboard ${shown(uid)}: it is at version ${newest} by now, what was edited is version ${version}`,
        );
      }
      return placed;
    }
    if (overwrite !== true || placed === undefined) return undefined;
    checkOwn(placed, 'overwrite');
    return placed;
  }

  /** Where a dashboard goes that is saved under a folder; undefined: it is the same as before. */
  #movedPath({ uid, file }: PlacedDashboard, folder: string | undefined): string {
    if (folder === undefined || folder === file.folder) return file.path;
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const path = folder === '' ? name : `${folder}/${name}`;
    if (!this.#own.has(path)) return path;
    throw new DashboardError(
      'conflict',
      `cannot move dashboard ${shown(uid)}: there is a file ${path}`,
    );
  }

  #newPlace(
    wanted: string,
    folder: string,
    { title, isNamed }: { readonly title: string; readonly isNamed: boolean },
  ): Place {
    if (this.#index.byUid.size >= (this.#options.dashboardsMax ?? DASHBOARDS_MAX)) {
      throw new DashboardError('too_large', 'cannot save a dashboard: there are too many');
    }
    const isTaken = (uid: string): boolean => this.#index.byUid.has(uid);
    if (isNamed && !isTaken(wanted)) return { uid: wanted, path: this.#freePath(folder, title) };
    const prefix = folder === '' ? '' : `${folder}/`;
    const uid = freeUid(
      slugOf(title),
      (name) => isTaken(name) || this.#own.has(`${prefix}${name}.json`),
    );
    return { uid, path: `${prefix}${uid}.json` };
  }

  #freePath(folder: string, title: string): string {
    const prefix = folder === '' ? '' : `${folder}/`;
    const name = freeUid(slugOf(title), (name) => this.#own.has(`${prefix}${name}.json`));
    return `${prefix}${name}.json`;
  }

  #pathToReturnTo(uid: string, title: string): string {
    const file = this.#tracks.fileOf(uid);
    // It comes from a file that anybody may have written.
    const folder = checkFolder(folderOf(file));
    const name = file.slice(file.lastIndexOf('/') + 1);
    const path = folder === '' ? name : `${folder}/${name}`;
    return isFileName(name) && !this.#own.has(path) ? path : this.#freePath(folder, title);
  }

  #put({ path }: Place, json: Uint8Array, { message, author }: SaveNote): void {
    this.#written(() => this.#own.write(path, json));
    const said = { ...(message !== '' && { message }), ...(author !== '' && { author }) };
    this.#log.info('a dashboard was saved', { file: path, ...said });
  }

  #written(change: () => void): void {
    try {
      change();
    } catch (error) {
      const text = `cannot write dashboards to ${this.#options.dir}: ${errorText(error)}`;
      throw new DashboardError('unwritten', text, { cause: error });
    }
  }

  #scan(): void {
    const room = { files: this.#options.dashboardsMax ?? DASHBOARDS_MAX, bytes: BYTES_MAX };
    let isChanged = this.#provision();
    for (const folder of this.#folders) if (folder.scan(room)) isChanged = true;
    if (isChanged) this.#reindex();
    this.#tellProblems();
  }

  /** Takes on what the provisioning files say. Whether they say something else. */
  #provision(): boolean {
    if (this.#provisioning?.scan() !== true) return false;
    const before = new Map(this.#provisioned.map((folder) => [keyOf(folder.options), folder]));
    this.#provisioned = this.#provisioning.folders.map(
      (options) => before.get(keyOf(options)) ?? new FolderFiles(this.#options.disk, options),
    );
    return true;
  }

  #reindex(note?: SaveNote): void {
    this.#index = indexDashboards(this.#folders);
    const own = [...this.#index.byUid.values()].filter(({ folder }) => folder === this.#own);
    this.#tracks.follow(own, note);
  }

  /** Each problem once, as long as it lasts. */
  #tellProblems(): void {
    const now = new Set<string>();
    for (const { path, message } of this.problems) {
      const key = `${path}: ${message}`;
      now.add(key);
      if (!this.#toldProblems.has(key)) {
        this.#log.warn('cannot use a dashboard file', { file: path, err: message });
      }
    }
    this.#toldProblems = now;
  }

  #watch(scanMs: number): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const delayMs = Math.max(SCAN_INTERVAL_MS, scanMs / SCAN_SHARE);
    this.#timer = clock.setTimer(delayMs, () => {
      const startMs = clock.monotonicMs();
      this.#scan();
      this.#watch(clock.monotonicMs() - startMs);
    });
  }
}

const SHIPPED_FOLDER = 'Narthex';

interface Place {
  readonly uid: string;
  readonly path: string;
}

function atPlace(dashboard: JsonRecord, { uid, path }: Place): JsonRecord {
  const { uid: given } = factsOf(dashboard);
  return (given ?? uidOfPath(path)) === uid ? dashboard : withUid(dashboard, uid);
}

/** So that a person can read it; what is too large so is written without spaces. */
function encodeDashboard(dashboard: JsonRecord): Uint8Array {
  const readable = Buffer.from(`${JSON.stringify(dashboard, undefined, 2)}\n`);
  if (readable.length <= FILE_BYTES_MAX) return readable;
  const dense = Buffer.from(JSON.stringify(dashboard));
  if (dense.length <= FILE_BYTES_MAX) return dense;
  const limit = `${FILE_BYTES_MAX >> 20} MB`;
  throw new DashboardError('too_large', `cannot save a dashboard of more than ${limit}`);
}

function checkOwn({ uid, file, folder }: PlacedDashboard, deed: string): void {
  const { origin } = folder.options;
  if (origin === 'own') return;
  const where =
    origin === 'shipped' ? 'comes with Narthex' : `is provisioned by ${folder.pathOf(file.path)}`;
  throw new DashboardError(
    'read_only',
    `cannot ${deed} dashboard ${shown(uid)}: it ${where}; save it as a copy`,
  );
}

function notFound(uid: string): DashboardError {
  return new DashboardError('not_found', `there is no dashboard ${shown(uid)}`);
}

function shown(uid: string): string {
  return JSON.stringify(uid.slice(0, 200));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function keyOf(options: FolderOptions): string {
  return JSON.stringify(options);
}

function byFolderAndTitle(a: DashboardEntry, b: DashboardEntry): number {
  return compare(a.folder, b.folder) || compare(a.title, b.title) || compare(a.uid, b.uid);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
