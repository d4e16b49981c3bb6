import type { Clock, Log } from '#platform';
import { chooseCollectors } from './choose-collectors.ts';
import type { Collect, Collector, Host, HostPaths } from './host.ts';
import { networkTree, NoData } from './host.ts';
import type { HostFiles } from './host-files.ts';
import { HostTree } from './host-tree.ts';
import { labelSet, oneLabel, PageText } from './page-text.ts';
import type { SystemFacts } from './system-facts.ts';

export interface HostPageOptions extends HostPaths {
  /** As `chooseCollectors` reads it; '' for the default. */
  readonly collectors: string;
  /** Where files `*.prom` are that go on the page, too. */
  readonly textfileDirectories: readonly string[];
  readonly files: HostFiles;
  readonly facts: SystemFacts;
  readonly clock: Clock;
  readonly log: Log;
  /** Of Narthex. */
  readonly version: string;
}

/** The machine as node_exporter shows it. Nothing is read while nobody asks. */
export interface HostPage {
  /** In the text format. What cannot be measured is missing; it never rejects for that. */
  write(): Promise<string>;
  /** Closes the files that are kept open. */
  close(): void;
}

/** After this a page goes without a collector that has not answered; file systems have their own, shorter limit. */
const COLLECT_MS = 3000;

/** Throws CollectorsError. */
export function createHostPage(options: HostPageOptions): HostPage {
  const { files, procPath, sysPath, rootPath } = options;
  const proc = new HostTree(files, procPath);
  const host: Host = {
    ...options,
    ...options.facts,
    proc,
    network: networkTree(proc, procPath),
    sys: new HostTree(files, sysPath),
    root: new HostTree(files, rootPath),
    isRootElsewhere: rootPath.replaceAll('/', '') !== '',
  };
  return new CollectedPage(host, chooseCollectors(options.collectors), buildInfo(options));
}

interface OpenCollector {
  readonly name: string;
  readonly isLast: boolean;
  readonly collect: Collect;
  /** It has not answered yet, and is not asked again before. */
  running: boolean;
  /** Why it failed last time, so that only what is new is logged. */
  reason: string;
}

interface Result {
  readonly name: string;
  readonly page: PageText;
  readonly isSuccess: boolean;
  readonly seconds: number;
}

const NO_NAMES: ReadonlySet<string> = new Set();

class CollectedPage implements HostPage {
  readonly #host: Host;
  readonly #collectors: readonly OpenCollector[];
  readonly #buildInfo: string;

  constructor(host: Host, collectors: readonly Collector[], build: string) {
    this.#host = host;
    this.#collectors = collectors.map(({ name, isLast = false, open }) => ({
      name,
      isLast,
      collect: open(host),
      running: false,
      reason: '',
    }));
    this.#buildInfo = build;
  }

  async write(): Promise<string> {
    const collectors = this.#collectors.filter(({ isLast }) => !isLast);
    const first = await Promise.all(collectors.map((one) => this.#run(one, NO_NAMES)));
    this.#host.proc.forgetShared();
    const taken = new Set(first.flatMap(({ page }) => [...page.names]));
    const last = this.#collectors.filter(({ isLast }) => isLast);
    const results = [...first, ...(await Promise.all(last.map((one) => this.#run(one, taken))))];
    const own = new PageText();
    writeOwn(own, results, this.#buildInfo);
    return `${results.map(({ page }) => page.text).join('')}${own.text}`;
  }

  close(): void {
    this.#host.files.close();
  }

  async #run(collector: OpenCollector, taken: ReadonlySet<string>): Promise<Result> {
    const { clock } = this.#host;
    const page = new PageText();
    const startMs = clock.monotonicMs();
    let isSuccess = true;
    let endMs: number | undefined;
    try {
      if (collector.running) throw new Error('it has not answered yet');
      const work = collector.collect(page, taken);
      // Most have done all of it by now; what follows an `await` would measure the others, too.
      if (work === undefined) endMs = clock.monotonicMs();
      else await this.#within(collector, work);
      collector.reason = '';
    } catch (error) {
      this.#failed(collector, error);
      isSuccess = false;
    }
    endMs ??= clock.monotonicMs();
    // One that comes too late writes into a page that nobody reads any more.
    return {
      name: collector.name,
      page: page.copy(),
      isSuccess,
      seconds: (endMs - startMs) / 1000,
    };
  }

  async #within(collector: OpenCollector, work: Promise<void>): Promise<void> {
    collector.running = true;
    const done = work.finally(() => {
      collector.running = false;
    });
    let timer: { cancel(): void } | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.#host.clock.setTimer(COLLECT_MS, () =>
        reject(new Error(`no answer within ${COLLECT_MS} ms`)),
      );
    });
    try {
      await Promise.race([done, late]);
    } finally {
      timer?.cancel();
      // Its failure after that is nobody's news.
      done.catch(() => undefined);
    }
  }

  #failed(collector: OpenCollector, error: unknown): void {
    const { log } = this.#host;
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === collector.reason) return;
    collector.reason = reason;
    const fields = { collector: collector.name, err: reason };
    if (error instanceof NoData) log.debug('a collector has nothing to read', fields);
    else log.warn('a collector of the host failed', fields);
  }
}

function writeOwn(page: PageText, results: readonly Result[], build: string): void {
  page.family(
    'node_exporter_build_info',
    'gauge',
    "A metric with a constant '1' value labeled by version, revision, branch, goversion from which node_exporter was built, and the goos and goarch for the build.",
  );
  page.sample(build, 1);
  page.family(
    'node_scrape_collector_duration_seconds',
    'gauge',
    'node_exporter: Duration of a collector scrape.',
  );
  for (const { name, seconds } of results) page.sample(oneLabel('collector', name), seconds);
  page.family(
    'node_scrape_collector_success',
    'gauge',
    'node_exporter: Whether a collector succeeded.',
  );
  for (const { name, isSuccess } of results) {
    page.sample(oneLabel('collector', name), isSuccess ? 1 : 0);
  }
}

/** Dashboards find machines by it. The branch says that it is not node_exporter that they see. */
function buildInfo({ version, facts }: HostPageOptions): string {
  return labelSet([
    ['branch', 'narthex'],
    ['goarch', facts.architecture],
    ['goos', 'linux'],
    ['goversion', ''],
    ['revision', ''],
    ['version', version],
  ]);
}
