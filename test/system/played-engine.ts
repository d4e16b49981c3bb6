import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** What a test says of a container; the rest is as Docker has it for one that runs. */
export interface PlayedContainer {
  readonly name: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status?: 'running' | 'exited' | 'paused';
  readonly health?: 'healthy' | 'unhealthy';
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  readonly memoryLimitBytes?: number;
  readonly cpus?: number;
  readonly restarts?: number;
  readonly ip?: string;
  readonly port?: number;
  readonly log?: readonly string[];
}

/** An engine that speaks the Docker API over a unix socket and has as many containers as a test wants. */
export interface PlayedEngine {
  /** As DOCKER_HOST has it. */
  readonly host: string;
  /** Changes a container and tells it as an event. */
  readonly change: (
    name: string,
    change: Partial<PlayedContainer>,
    event: { readonly action: string; readonly attributes?: Readonly<Record<string, string>> },
  ) => void;
  readonly stop: () => Promise<void>;
}

interface State extends PlayedContainer {
  readonly id: string;
  finishedMs: number;
}

const MIB = 2 ** 20;
const STARTED_MS = Date.now() - 3_600_000;
const NEVER = '0001-01-01T00:00:00Z';

export async function startPlayedEngine(
  socket: string,
  containers: readonly PlayedContainer[],
): Promise<PlayedEngine> {
  const states = new Map<string, State>();
  for (const [i, container] of containers.entries()) {
    const id = (i + 1).toString(16).padStart(64, '0');
    const finishedMs = container.status === 'exited' ? Date.now() - 180_000 : 0;
    states.set(container.name, { ...container, id, finishedMs });
  }
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) =>
    answer(request, response, { states, streams }),
  );
  server.listen(socket);
  await once(server, 'listening');
  return {
    host: `unix://${socket}`,
    change: (name, change, { action, attributes = {} }) => {
      const before = states.get(name);
      if (before === undefined) throw new Error(`there is no container ${name}`);
      const now = Date.now();
      const finishedMs = change.status === 'exited' ? now : before.finishedMs;
      states.set(name, { ...before, ...change, finishedMs });
      const { id, image = 'node:22', labels = {} } = before;
      const event = {
        Type: 'container',
        Action: action,
        Actor: { ID: id, Attributes: { name, image, ...labels, ...attributes } },
        time: Math.floor(now / 1000),
        timeNano: now * 1_000_000,
      };
      for (const stream of streams) stream.write(`${JSON.stringify(event)}\n`);
    },
    stop: () => stopServer(server),
  };
}

async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Played {
  readonly states: ReadonlyMap<string, State>;
  readonly streams: Set<ServerResponse>;
}

const FIXED: Readonly<Record<string, unknown>> = {
  '/version': { Version: '99.1', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux' },
  '/info': { ServerVersion: '99.1', CgroupDriver: 'cgroupfs', CgroupVersion: '2', NCPU: 2 },
  '/networks': [],
};

function answer(request: IncomingMessage, response: ServerResponse, played: Played): void {
  const { pathname } = new URL(request.url ?? '/', 'http://engine');
  const path = pathname.replace(/^\/v[\d.]+(?=\/)/, '');
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    played.streams.add(response);
    response.once('close', () => played.streams.delete(response));
    return;
  }
  const states = [...played.states.values()];
  const [, , id, what] = path.split('/');
  const state = states.find((candidate) => candidate.id === id);
  if (what === 'logs' && state !== undefined) {
    response.end(Buffer.concat((state.log ?? []).map(logFrame)));
    return;
  }
  const body =
    FIXED[path] ??
    (path === '/containers/json'
      ? states.map(summaryOf)
      : state !== undefined && (what === 'stats' ? statsOf(state) : detailsOf(state)));
  response.writeHead(body === false ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body === false ? { message: 'no such container' } : body));
}

/** A line as the engine frames it where there is no terminal: stream, three zeros, length. */
function logFrame(line: string): Buffer {
  const text = Buffer.from(`${new Date().toISOString()} ${line}\n`);
  const head = Buffer.alloc(8);
  head[0] = line.startsWith('Error') ? 2 : 1;
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
}

function summaryOf(state: State): unknown {
  const { id, name, image = 'node:22', labels = {}, status = 'running' } = state;
  return {
    Id: id,
    Names: [`/${name}`],
    Image: image,
    ImageID: `sha256:${id}`,
    Created: Math.floor(STARTED_MS / 1000),
    State: status,
    Status: status,
    Labels: labels,
    NetworkSettings: { Networks: networksOf(state) },
    Ports: [],
  };
}

function networksOf({ ip }: State): unknown {
  return ip === undefined ? {} : { bridge: { IPAddress: ip, NetworkID: 'n1' } };
}

function detailsOf(state: State): unknown {
  const { id, name, image = 'node:22', labels = {}, status = 'running', port, health } = state;
  const isRunning = status !== 'exited';
  return {
    Id: id,
    Name: `/${name}`,
    Created: new Date(STARTED_MS).toISOString(),
    Image: `sha256:${id}`,
    RestartCount: state.restarts ?? 0,
    State: {
      Status: status,
      Running: isRunning,
      Paused: status === 'paused',
      OOMKilled: state.oomKilled ?? false,
      // There is no such process, so that its usage is asked of the engine.
      Pid: isRunning ? 2 ** 30 : 0,
      ExitCode: state.exitCode ?? 0,
      StartedAt: new Date(STARTED_MS).toISOString(),
      FinishedAt: state.finishedMs === 0 ? NEVER : new Date(state.finishedMs).toISOString(),
      ...(health !== undefined && { Health: { Status: health, FailingStreak: 0, Log: [] } }),
    },
    Config: {
      Image: image,
      Labels: labels,
      ExposedPorts: port === undefined ? {} : { [`${port}/tcp`]: {} },
    },
    HostConfig: {
      NetworkMode: 'bridge',
      Memory: state.memoryLimitBytes ?? 0,
      NanoCpus: (state.cpus ?? 0) * 1e9,
    },
    NetworkSettings: { Networks: networksOf(state), Ports: {} },
  };
}

/** A quarter of a CPU, 40 MiB, a kilobyte a second each way. */
function statsOf({ memoryLimitBytes = 8192 * MIB }: State): unknown {
  const seconds = (Date.now() - STARTED_MS) / 1000;
  return {
    read: new Date().toISOString(),
    cpu_stats: {
      cpu_usage: { total_usage: seconds * 0.25e9, usage_in_usermode: seconds * 0.2e9 },
      online_cpus: 2,
    },
    memory_stats: { usage: 42 * MIB, limit: memoryLimitBytes, stats: { inactive_file: 2 * MIB } },
    pids_stats: { current: 7 },
    networks: { eth0: { rx_bytes: seconds * 1024, tx_bytes: seconds * 1024 } },
  };
}
