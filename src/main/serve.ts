import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from '#config';
import { createHttpServer } from '#http';
import type { HttpServer, QueryRunner, RemoteWrite, ServerParts } from '#http';
import { Registry } from '#instrument';
import { createLog, errorText, systemClock } from '#platform';
import type { Clock, Log } from '#platform';
import { receiveWrite } from '#remote';
import { StorageError } from '#storage';
import type { Database } from '#tsdb';
import { createAdmin } from './admin.ts';
import { BUILD_INFO, NARTHEX_VERSION } from './build-info.ts';
import { Configuration } from './configuration.ts';
import { ContainersPart } from './containers-part.ts';
import { DashboardsPart } from './dashboards-part.ts';
import { EventLog } from './event-log.ts';
import { featuresData, idleFeatures } from './features.ts';
import type { ParsedFlags } from './parse-flags.ts';
import { createHostPart } from './host-part.ts';
import type { HostPart } from './host-part.ts';
import { measureProcess } from './process-metrics.ts';
import { queryLogPath } from './query-log.ts';
import { runtimeInfo } from './runtime-info.ts';
import { createScrapeDoctor } from './scrape-doctor.ts';
import { createScrapePart, targetSource } from './scrape-part.ts';
import type { ScrapePart } from './scrape-part.ts';
import { FLAGS } from './flags.ts';
import { settingsOf } from './settings.ts';
import type { Settings } from './settings.ts';
import { Shutdown } from './shutdown.ts';
import { StoragePart } from './storage-part.ts';
import { ownPlace } from './zero-config.ts';

/** How long each part may take to stop, in milliseconds. */
const HTTP_STOP_MS = 10_000;
const STORAGE_STOP_MS = 30_000;
const PART_STOP_MS = 5_000;

interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly startMs: number;
}

/** Runs the server until it is told to stop. Answers the exit code. */
export async function serve(flags: ParsedFlags): Promise<number> {
  const settings = settingsOf(flags);
  const context: Context = {
    settings,
    clock: systemClock,
    log: createLog({
      level: settings.logLevel,
      format: settings.logFormat,
      write: (line) => process.stderr.write(line),
    }),
    registry: new Registry(),
    startMs: Date.now(),
  };
  const shutdown = new Shutdown(context.clock, context.log);
  // Before the first line of the log, since that is what somebody who sends a signal waits for.
  const stopRequest = new StopRequest(context.log);
  const reloads = new ReloadSignal();
  logStart(flags, context);
  let exitCode = 0;
  try {
    const quit = (): void => stopRequest.ask('POST /-/quit');
    // A long replay need not be waited for to stop: the log is safe to leave at any time.
    const started = start(context, flags, { shutdown, reloads, quit }).then(
      () => stopRequest.promise,
    );
    await Promise.race([started, stopRequest.promise]);
  } catch (error) {
    context.log.error('cannot run', { err: errorText(error) });
    exitCode = 1;
  }
  await shutdown.run();
  context.log.info('stopped');
  return exitCode;
}

function logStart(flags: ParsedFlags, { log, settings }: Context): void {
  log.info('starting narthex', { version: NARTHEX_VERSION, node: process.version });
  for (const flag of FLAGS) {
    if (flag.withoutEffect === undefined || !flags.given.has(flag.name)) continue;
    log.warn('a flag has no effect yet', { flag: `--${flag.name}` });
  }
  for (const feature of idleFeatures(settings.features)) {
    log.warn('a feature is unknown or has no effect yet', { feature });
  }
}

/** When to stop: SIGTERM, SIGINT or a request. A second signal ends the process at once. */
class StopRequest {
  readonly promise: Promise<void>;
  readonly #log: Log;
  #resolve: (() => void) | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.promise = new Promise((resolve) => (this.#resolve = resolve));
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => this.ask(signal));
  }

  ask(reason: string): void {
    if (this.#resolve === undefined) process.exit(1);
    this.#log.info('stopping', { reason });
    this.#resolve();
    this.#resolve = undefined;
  }
}

/**
 * SIGHUP. Listened to from the first moment to the last, because it ends a process that does not; while
 * there is nothing to reload it does nothing.
 */
class ReloadSignal {
  act: () => void = () => {};

  constructor() {
    process.on('SIGHUP', () => this.act());
  }
}

interface Controls {
  readonly shutdown: Shutdown;
  readonly reloads: ReloadSignal;
  readonly quit: () => void;
}

/** Starts the parts in the order in which they need each other; HTTP first, so that progress is seen. */
async function start(context: Context, flags: ParsedFlags, controls: Controls): Promise<void> {
  const { settings, clock, log, registry, startMs } = context;
  const { shutdown, reloads } = controls;
  const configuration = await Configuration.open(settings, context);
  shutdown.add('process metrics', PART_STOP_MS, measureProcess(registry, startMs));
  const storage = new StoragePart(settings, { clock, log, registry });
  const { dataDir, retentionMs } = settings;
  const events = new EventLog({ clock, log, registry, dataDir, retentionMs });
  const dashboards = new DashboardsPart(settings.dashboards, { clock, log, registry });
  const host = createHostPart(settings.host, { clock, log, startMs });
  const own = ownPlace(settings);
  const containers = settings.containers.isOn
    ? new ContainersPart(settings, {
        clock,
        log,
        registry,
        own,
        events,
        targets: targetSource(() => running.scrape?.scraper),
      })
    : undefined;
  const running: Running = {
    configuration,
    storage,
    host,
    events,
    dashboards,
    containers,
    configFile: settings.configFile,
    scrape: undefined,
    ready: false,
    stopping: false,
  };
  // A wrong file is logged by the configuration itself.
  reloads.act = () => void reload(running).catch(() => undefined);
  const server = await openServer(context, flags, running, controls);
  shutdown.add('storage', STORAGE_STOP_MS, () => storage.close());
  shutdown.add('host metrics', PART_STOP_MS, () => host.stop());
  shutdown.add('http server', HTTP_STOP_MS, () => server.close());
  applyQueryLog(running, configuration.current);
  const database = await storage.open(configuration.current.storage);
  events.open();
  shutdown.add('events', PART_STOP_MS, () => events.close());
  dashboards.open();
  shutdown.add('dashboards', PART_STOP_MS, () => dashboards.close());
  shutdown.add('query threads', PART_STOP_MS, () => storage.stopQueries());
  const scrape = createScrapePart({
    clock,
    log,
    registry,
    appendable: database,
    features: settings.features,
    containers: containers && ((role) => containers.discovery(role)),
  });
  running.scrape = scrape;
  shutdown.add('containers', PART_STOP_MS, () => containers?.stop());
  shutdown.add('scraping', PART_STOP_MS, () => scrape.stop());
  // The configuration may be another one by now.
  applyStorage(database, configuration.current);
  scrape.apply(configuration.current);
  containers?.start();
  shutdown.add('readiness', PART_STOP_MS, () => {
    running.ready = false;
    running.stopping = true;
  });
  await storage.queriesReady();
  if (running.stopping) return;
  running.ready = true;
  log.info('server is ready to receive web requests');
}

interface Running {
  readonly configuration: Configuration;
  readonly storage: StoragePart;
  readonly host: HostPart;
  readonly events: EventLog;
  readonly dashboards: DashboardsPart;
  readonly containers: ContainersPart | undefined;
  readonly configFile: string;
  scrape: ScrapePart | undefined;
  ready: boolean;
  stopping: boolean;
}

/** Rejects with ConfigFileError, or because the server stops. */
async function reload(running: Running): Promise<void> {
  await running.configuration.reload((config) => {
    // What has been stopped must not start again.
    if (running.stopping) throw new Error('cannot reload: the server is stopping');
    applyQueryLog(running, config);
    if (running.storage.database !== undefined) applyStorage(running.storage.database, config);
    running.scrape?.apply(config);
  });
}

/** Throws where the file cannot be written. */
function applyQueryLog({ storage, configFile }: Running, { global }: Config): void {
  storage.queryLogging.use(queryLogPath(configFile, global.queryLogFile));
}

function applyStorage(database: Database, { storage }: Config): void {
  database.setExemplarsMax(storage.exemplarsMax);
  database.setStaleSeriesShare(storage.staleSeriesShare);
  database.setOutOfOrderWindow(storage.outOfOrderTimeWindowMs);
}

async function openServer(
  context: Context,
  flags: ParsedFlags,
  running: Running,
  controls: Controls,
): Promise<HttpServer> {
  const { settings, log } = context;
  const server = await createHttpServer(serverParts(context, flags, running, controls), {
    ...settings,
    uiDir: webPageDir(),
  });
  try {
    const port = await server.listen(settings.listen);
    const { listenAddress: address, routePrefix: prefix, externalUrl } = settings;
    log.info('listening', { address, port, prefix, page: externalUrl.href });
  } catch (error) {
    throw new Error(listenProblem(settings, error), { cause: error });
  }
  return server;
}

function listenProblem({ listen, listenAddress }: Settings, error: unknown): string {
  const remedy =
    (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? `, port ${listen.port} is taken; choose another with --web.listen-address`
      : '';
  return `cannot listen on ${listenAddress}${remedy}`;
}

function serverParts(
  context: Context,
  flags: ParsedFlags,
  running: Running,
  controls: Controls,
): ServerParts {
  const { settings, clock, log, registry, startMs } = context;
  const { configuration, storage, host, events, dashboards, containers } = running;
  return {
    clock,
    log: log.child({ component: 'web' }),
    registry,
    runner: lateRunner(storage),
    isReady: () => running.ready,
    walReplay: () => storage.walReplay(),
    config: () => configuration.current,
    targets: targetSource(() => running.scrape?.scraper),
    exemplars: () => storage.database,
    head: () => storage.database?.stats(),
    changes: () => storage.database?.changes,
    flags: Object.fromEntries(flags.values),
    features: featuresData(settings),
    buildInfo: BUILD_INFO,
    runtimeInfo: () => runtimeInfo(settings, configuration, { clock, startMs }),
    notifications: () => configuration.notifications(),
    lifecycle: { reload: () => reload(running), quit: controls.quit },
    annotations: events,
    dashboards,
    admin: createAdmin({
      dataDir: settings.dataDir,
      clock,
      database: () => storage.database,
    }),
    metricPages: [host.page, ...(containers?.pages ?? [])],
    ...(containers !== undefined && containerParts(containers, context, running)),
    ...(settings.enableRemoteWrite && { remoteWrite: remoteWrite(storage, settings, clock) }),
  };
}

function containerParts(
  containers: ContainersPart,
  { settings, clock }: Context,
  running: Running,
): Pick<ServerParts, 'containers' | 'docker' | 'examineScrape'> {
  const doctor = createScrapeDoctor({
    clock,
    registry: containers.containers,
    choice: (id) => containers.choice(id),
    scraper: () => running.scrape?.scraper,
    procPath: settings.host.procPath,
  });
  return {
    containers: containers.view,
    docker: () => containers.dockerStatus(),
    examineScrape: async (name) => await doctor.examine(name),
  };
}

/** The runner there will be once the storage is open. */
function lateRunner(storage: StoragePart): QueryRunner {
  return {
    run: async (request, options) => {
      const { runner } = storage;
      if (runner === undefined) throw new StorageError('closed', 'the storage is not open');
      return await runner.run(request, options);
    },
  };
}

function remoteWrite(storage: StoragePart, settings: Settings, clock: Clock): RemoteWrite {
  return (body, header) => {
    const { database } = storage;
    if (database === undefined) return { status: 503, body: 'Service Unavailable' };
    return receiveWrite({
      body,
      contentType: header('content-type'),
      contentEncoding: header('content-encoding'),
      appendable: database,
      nowMs: clock.nowMs(),
      typeAndUnitLabels: settings.features.has('type-and-unit-labels'),
    });
  };
}

/** Beside the built server: dist/web. */
function webPageDir(): string {
  const built = fileURLToPath(new URL('../web', import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL('../../dist/web', import.meta.url));
}
