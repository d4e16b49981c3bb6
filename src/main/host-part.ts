import { writeText } from '#exposition';
import {
  chooseCollectors,
  CollectorsError,
  createHostPage,
  systemFacts,
  systemHostFiles,
} from '#host';
import type { HostPaths } from '#host';
import type { MetricPage } from '#http';
import type { Clock, Log } from '#platform';
import { NARTHEX_VERSION } from './build-info.ts';
import { FlagError } from './parse-flags.ts';
import { processFamilies } from './process-metrics.ts';

/** Where the machine's files are, and what is measured of it. */
export interface HostSettings extends HostPaths {
  /** As `chooseCollectors` reads it. */
  readonly collectors: string;
  readonly textfileDirectories: readonly string[];
}

/** Throws FlagError. */
export function hostSettings(text: (flag: string) => string): HostSettings {
  const collectors = text('host.collectors');
  try {
    chooseCollectors(collectors);
  } catch (error) {
    if (!(error instanceof CollectorsError)) throw error;
    throw new FlagError(`cannot use --host.collectors: ${error.message}`);
  }
  return {
    procPath: text('host.procfs'),
    sysPath: text('host.sysfs'),
    rootPath: text('host.rootfs'),
    collectors,
    textfileDirectories: text('collector.textfile.directory')
      .split(',')
      .filter((directory) => directory !== ''),
  };
}

/** The machine's own metrics, measured when somebody asks for the page. */
export interface HostPart {
  readonly page: MetricPage;
  stop(): void;
}

export function createHostPart(
  settings: HostSettings,
  parts: { readonly clock: Clock; readonly log: Log; readonly startMs: number },
): HostPart {
  const { clock, log, startMs } = parts;
  const page = createHostPage({
    ...settings,
    files: systemHostFiles(),
    facts: systemFacts(),
    clock,
    log: log.child({ component: 'host' }),
    version: NARTHEX_VERSION,
  });
  return {
    // Dashboards of machines have panels for the exporter itself, which is this process.
    page: {
      path: '/metrics/host',
      write: async () => (await page.write()) + writeText(processFamilies(startMs)),
    },
    stop: () => page.close(),
  };
}
