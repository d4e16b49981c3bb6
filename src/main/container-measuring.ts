import { ContainerMeasurer, ContainerPage, DEFAULT_CGROUP_SETTINGS } from '#containers';
import type { ContainerRegistry, FamilyWriter } from '#containers';
import type { ContainerStats } from '#docker';
import type { MetricPage } from '#http';
import type { Clock, Log } from '#platform';
import { NARTHEX_VERSION } from './build-info.ts';
import type { Settings } from './settings.ts';

export interface MeasuringSurroundings {
  readonly registry: ContainerRegistry;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the engine, where there is one by now. */
  readonly stats: (id: string) => Promise<ContainerStats | undefined>;
  /** Further families of the page. */
  readonly more?: readonly ((writer: FamilyWriter) => void)[];
}

export interface ContainerMeasuring {
  readonly measurer: ContainerMeasurer;
  readonly page: MetricPage;
  stop(): void;
}

/** Measures containers when somebody asks for their page; files are read where the flags say the host's are. */
export function createContainerMeasuring(
  settings: Pick<Settings, 'host' | 'containers'>,
  { registry, clock, log, stats, more = [] }: MeasuringSurroundings,
): ContainerMeasuring {
  const { procPath, sysPath, rootPath } = settings.host;
  const cgroup = { ...DEFAULT_CGROUP_SETTINGS, procPath, sysPath, rootPath };
  const measurer = new ContainerMeasurer({ registry, clock, log, settings: cgroup, stats });
  const { idStyle, labels } = settings.containers;
  const page = new ContainerPage({
    measurer,
    registry,
    clock,
    labels: { idStyle, labels },
    version: NARTHEX_VERSION,
    more,
  });
  return {
    measurer,
    page: { path: page.path, write: async () => await page.write() },
    stop: () => measurer.close(),
  };
}
