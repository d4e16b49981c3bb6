import type { DashboardFile, FileProblem, FolderFiles } from './folder-files.ts';
import { slugOf } from './file-names.ts';

/** A dashboard and where it lies. */
export interface PlacedDashboard {
  readonly uid: string;
  readonly file: DashboardFile;
  readonly folder: FolderFiles;
}

export interface DashboardIndex {
  readonly byUid: ReadonlyMap<string, PlacedDashboard>;
  readonly problems: readonly FileProblem[];
}

/** Uids that files name come first, then those made of names; of the same one, the earlier folder's. */
export function indexDashboards(folders: readonly FolderFiles[]): DashboardIndex {
  const byUid = new Map<string, PlacedDashboard>();
  const problems: FileProblem[] = [];
  const unnamed: Omit<PlacedDashboard, 'uid'>[] = [];
  for (const folder of folders) {
    for (const file of folder.files) {
      const { uid } = file.facts;
      if (uid === undefined) {
        unnamed.push({ file, folder });
        continue;
      }
      const other = byUid.get(uid);
      if (other === undefined) byUid.set(uid, { uid, file, folder });
      // One of ours is what somebody made of a shipped one.
      else if (folder.options.origin !== 'shipped') {
        const where = other.folder.pathOf(other.file.path);
        const message = `uid ${JSON.stringify(uid)} is that of ${where}, too; this one is not shown`;
        problems.push({ path: folder.pathOf(file.path), message });
      }
    }
  }
  for (const { file, folder } of unnamed) {
    const uid = freeUid(uidOfPath(file.path), (taken) => byUid.has(taken));
    byUid.set(uid, { uid, file, folder });
  }
  return { byUid, problems };
}

/** Of a file that names none. */
export function uidOfPath(path: string): string {
  return slugOf(path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/i, ''));
}

/** `name`, or `name-2`, `name-3`, ... */
export function freeUid(name: string, isTaken: (uid: string) => boolean): string {
  let uid = name;
  for (let count = 2; isTaken(uid); count++) uid = `${name}-${count}`;
  return uid;
}
