import { DockerError } from './docker-error.ts';
import type { CallCount } from './engine.ts';

/** One thing that we may ask; always a GET. */
export interface AllowedCall {
  /** With placeholders, without the API's version. */
  readonly path: string;
  /** What for: `list the containers`. */
  readonly purpose: string;
  /** Environment variable of docker-socket-proxy that lets it through. */
  readonly setting: string;
  /** A longer answer is refused; 0: one that is read as it comes, with limits of its own. */
  readonly bodyBytesMax: number;
}

const MIB = 2 ** 20;

export type CallName =
  | 'version'
  | 'info'
  | 'containers'
  | 'container'
  | 'stats'
  | 'logs'
  | 'events'
  | 'networks'
  | 'services'
  | 'tasks'
  | 'nodes';

/** All that the engine is ever asked. */
const CALLS: Readonly<Record<CallName, AllowedCall>> = {
  version: call('/version', 'read the version', 'VERSION', MIB),
  info: call('/info', 'read what the engine says of itself', 'INFO', 8 * MIB),
  containers: call('/containers/json', 'list the containers', 'CONTAINERS', 128 * MIB),
  container: call('/containers/{id}/json', 'inspect a container', 'CONTAINERS', 8 * MIB),
  stats: call('/containers/{id}/stats', "read a container's usage", 'CONTAINERS', 2 * MIB),
  logs: call('/containers/{id}/logs', "read a container's last log lines", 'CONTAINERS', 0),
  events: call('/events', 'listen to the events', 'EVENTS', 0),
  networks: call('/networks', 'list the networks', 'NETWORKS', 64 * MIB),
  services: call('/services', "list the swarm's services", 'SERVICES', 64 * MIB),
  tasks: call('/tasks', "list the swarm's tasks", 'TASKS', 128 * MIB),
  nodes: call('/nodes', "list the swarm's nodes", 'NODES', 64 * MIB),
};

function call(path: string, purpose: string, setting: string, bodyBytesMax: number): AllowedCall {
  return { path, purpose, setting, bodyBytesMax };
}

const ALLOWED: ReadonlyMap<string, AllowedCall> = new Map(
  Object.values(CALLS).map((allowed) => [allowed.path, allowed]),
);

/** Ids and names of containers; nothing that could lead to another path. */
const ID = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,255}$/;

const WITH_ID = /^\/containers\/([^/]+)\/(json|stats|logs)$/;

export function callPath(name: CallName, id?: string): string {
  return CALLS[name].path.replace('{id}', () => id ?? '');
}

/** The list, for those who show it before there is an engine. */
export function uncalled(): readonly CallCount[] {
  return new AllowedCalls().counts();
}

/** Lets calls of the list through, and counts them. */
export class AllowedCalls {
  readonly #counts = new Map<string, { calls: number; failures: number }>();

  /**
   * Every request to an engine passes here, by its path without the API's version, and counts as a call. Throws
   * DockerError `not-allowed` for whatever is not on the list.
   */
  admit(path: string): AllowedCall {
    const withId = WITH_ID.exec(path);
    const isId = withId !== null && ID.test(withId[1] ?? '');
    const call = ALLOWED.get(isId ? `/containers/{id}/${withId[2]}` : path);
    if (call === undefined || call.path.includes('{') !== isId) {
      const shown = JSON.stringify(path.slice(0, 200));
      throw new DockerError('not-allowed', `cannot ask the engine for ${shown}: not on the list`);
    }
    this.#count(call.path).calls++;
    return call;
  }

  failed(path: string): void {
    this.#count(path).failures++;
  }

  counts(): readonly CallCount[] {
    return Array.from(ALLOWED.values(), (call) => ({
      method: 'GET',
      path: call.path,
      purpose: call.purpose,
      ...this.#count(call.path),
    }));
  }

  #count(path: string): { calls: number; failures: number } {
    let count = this.#counts.get(path);
    if (count === undefined) this.#counts.set(path, (count = { calls: 0, failures: 0 }));
    return count;
  }
}
