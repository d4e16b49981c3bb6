import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
  DashboardEntry,
  DashboardsData,
  DashboardVersionsData,
  SaveDashboard,
} from '#contract';
import { DashboardError, DashboardStore } from '#dashboard-files';
import type { ProvisionedDatasource, RestoreNote, StoredDashboard } from '#dashboard-files';
import type { DashboardSource } from '#http';
import type { Registry } from '#instrument';
import type { MetricFamily } from '#model';
import { systemDisk } from '#platform';
import type { Clock, Log } from '#platform';

export interface DashboardSettings {
  /** Of one's own dashboards. */
  readonly dir: string;
  /** Of Grafana's provisioning files; undefined for none. */
  readonly provisioningDir: string | undefined;
  readonly isReadOnly: boolean;
}

export function dashboardSettings(text: (flag: string) => string): DashboardSettings {
  const dir = text('dashboards.path') || `${text('storage.tsdb.path')}/dashboards`;
  return {
    dir: plainPath(dir),
    provisioningDir: plainPath(text('dashboards.provisioning')) || undefined,
    isReadOnly: text('dashboards.readonly') === 'true',
  };
}

function plainPath(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

export interface DashboardSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
}

/** Dashboards, from the moment when the data directory is this process's own. */
export class DashboardsPart implements DashboardSource {
  readonly #settings: DashboardSettings;
  readonly #surroundings: DashboardSurroundings;
  #opened: DashboardStore | undefined;
  #forget: () => void = () => {};

  constructor(settings: DashboardSettings, surroundings: DashboardSurroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
  }

  open(): void {
    const { clock, registry } = this.#surroundings;
    const log = this.#surroundings.log.child({ component: 'dashboards' });
    const shippedDir = packageDir();
    const store = new DashboardStore({
      ...this.#settings,
      disk: systemDisk,
      clock,
      log,
      shippedDir,
    });
    this.#opened = store;
    this.#forget = registry.collect(() => families(store.list()));
  }

  close(): void {
    this.#forget();
    this.#opened?.close();
  }

  list(): DashboardsData {
    return this.#store.list();
  }

  get datasources(): readonly ProvisionedDatasource[] {
    return this.#store.datasources;
  }

  get(uid: string): StoredDashboard {
    return this.#store.get(uid);
  }

  save(order: SaveDashboard, author?: string): DashboardEntry {
    return this.#store.save(order, author);
  }

  remove(uid: string): void {
    this.#store.remove(uid);
  }

  versions(uid: string): DashboardVersionsData {
    return this.#store.versions(uid);
  }

  version(uid: string, version: number): StoredDashboard {
    return this.#store.version(uid, version);
  }

  restore(uid: string, version: number, note?: RestoreNote): DashboardEntry {
    return this.#store.restore(uid, version, note);
  }

  get #store(): DashboardStore {
    if (this.#opened !== undefined) return this.#opened;
    throw new DashboardError('unwritten', 'dashboards are not open yet');
  }
}

/** What comes with the package: beside src and dist. */
function packageDir(): string | undefined {
  const dir = fileURLToPath(new URL('../../dashboards', import.meta.url));
  return existsSync(dir) ? dir : undefined;
}

function families({ dashboards, problems }: DashboardsData): readonly MetricFamily[] {
  const origins = ['own', 'provisioned', 'shipped'] as const;
  return [
    {
      name: 'narthex_dashboards',
      type: 'gauge',
      help: 'Dashboards, by where they come from.',
      metrics: origins.map((origin) => ({
        labels: [['origin', origin]],
        value: dashboards.filter((entry) => entry.origin === origin).length,
      })),
    },
    {
      name: 'narthex_dashboard_problems',
      type: 'gauge',
      help: 'Files of dashboards that cannot be used as they are.',
      metrics: [{ labels: [], value: problems.length }],
    },
  ];
}
