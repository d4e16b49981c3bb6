import type { Clock, Log } from '#platform';
import type { HostFiles } from './host-files.ts';
import { HostTree } from './host-tree.ts';
import type { PageText } from './page-text.ts';

/** Where the machine's files are, as this process sees them. */
export interface HostPaths {
  /** /proc, or where a container sees that of its host. */
  readonly procPath: string;
  readonly sysPath: string;
  /** Where the mount points of the machine are found: / or, in a container, where its host's / is mounted. */
  readonly rootPath: string;
}

/** What the system call uname says. */
export interface SystemName {
  readonly system: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
  readonly host: string;
}

/** What collectors are given. */
export interface Host {
  readonly proc: HostTree;
  /** /proc/net of the machine's own network, also where this process has another. */
  readonly network: HostTree;
  readonly sys: HostTree;
  readonly root: HostTree;
  /** Another path than /. */
  readonly isRootElsewhere: boolean;
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly name: SystemName;
  /** East of Greenwich, and its name: `CET`. */
  readonly timeZone: () => { readonly name: string; readonly offsetSeconds: number };
  /** Where files `*.prom` are; as node_exporter takes them, with `*`. */
  readonly textfileDirectories: readonly string[];
  readonly pageBytes: number;
}

/**
 * Writes what it found; what it wrote before it threw stays. `NoData`: there is nothing of this kind here.
 * `taken`: the families that the others have written, for the last one.
 */
export type Collect = (page: PageText, taken: ReadonlySet<string>) => void | Promise<void>;

export interface Collector {
  /** As node_exporter calls it. */
  readonly name: string;
  /** On unless it is switched off, as with node_exporter. */
  readonly isDefault: boolean;
  /** Begins when all others have written. */
  readonly isLast?: true;
  /** Called once; what must be remembered from page to page is kept in what it yields. */
  readonly open: (host: Host) => Collect;
}

/** The machine has nothing that this collector reads: no failure, and no success either. */
export class NoData extends Error {
  readonly code = 'no-data';
  constructor(what: string) {
    super(`there is no ${what}`);
    this.name = 'NoData';
  }
}

/**
 * /proc/net shows the network of the process that asks. With the host's /proc mounted elsewhere, that of its first
 * process is meant.
 */
export function networkTree(proc: HostTree, procPath: string): HostTree {
  const isElsewhere = procPath.replace(/\/+$/, '') !== '/proc';
  if (isElsewhere && proc.resolve('1/net/dev') !== undefined) return proc.below('1/net');
  return proc.below('net');
}
