import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ApiObject {
  readonly kind?: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly namespace?: string;
  };
  readonly [field: string]: unknown;
}

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly path: string;
  readonly version: number;
  readonly object: ApiObject;
}

interface Watch {
  readonly path: string;
  readonly response: ServerResponse;
}

/**
 * As much of a Kubernetes API server as list and watch need: versions, pages, bookmarks, a memory that forgets, streams
 * that break. It is no cluster: what real ones do besides is not in it.
 */
export class KubernetesApi {
  /** What was asked: path and query. */
  readonly requests: string[] = [];
  readonly authorizations = new Set<string>();
  /** By the path of the collection in a namespace: `/api/v1/namespaces/a/pods`. */
  readonly #objects = new Map<string, Map<string, ApiObject>>();
  readonly #changes: Change[] = [];
  readonly #watches = new Set<Watch>();
  #version = 100;
  #forgottenVersion = 0;
  /** So many objects a page has at most. */
  pageMax = 2;
  /** What a request gets instead: a status. */
  refuse: (path: string) => number | undefined = () => undefined;

  #server: Server | undefined;

  /** Listens on loopback; over TLS with a certificate. */
  async listen(tls?: { readonly cert: string; readonly key: string }): Promise<string> {
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request, response);
    const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.breakWatches();
    this.#server?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (this.#server === undefined) resolve();
      else this.#server.close(() => resolve());
    });
  }

  /** `collection`: `/api/v1/pods`; the namespace is the object's. */
  put(collection: string, object: ApiObject): void {
    const path = within(collection, object);
    const objects = this.#objects.get(path) ?? new Map<string, ApiObject>();
    this.#objects.set(path, objects);
    const type = objects.has(object.metadata.name) ? 'MODIFIED' : 'ADDED';
    const kept = this.#versioned(object);
    objects.set(object.metadata.name, kept);
    this.#tell({ type, path, version: this.#version, object: kept });
  }

  remove(collection: string, object: ApiObject): void {
    const path = within(collection, object);
    const kept = this.#objects.get(path)?.get(object.metadata.name);
    if (kept === undefined) throw new Error(`no ${object.metadata.name}`);
    this.#objects.get(path)?.delete(object.metadata.name);
    this.#tell({
      type: 'DELETED',
      path,
      version: this.#version + 1,
      object: this.#versioned(kept),
    });
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** Ends all streams in the midst of a line. */
  breakWatches(): void {
    for (const { response } of this.#watches) {
      response.write('{"type":"ADD');
      response.destroy();
    }
    this.#watches.clear();
  }

  /** No watch may begin at a version of before. */
  forget(): void {
    this.#forgottenVersion = this.#version;
    this.#changes.length = 0;
  }

  /** Says to all who watch which version there is. */
  sendBookmarks(): void {
    const metadata = { resourceVersion: String(this.#version) };
    for (const { response } of this.#watches) {
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`);
    }
  }

  /** All who watch learn that their version is forgotten, as an event. */
  expireWatches(): void {
    this.forget();
    const object = status(410, 'Expired', 'too old resource version');
    for (const { response } of this.#watches) {
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    }
    this.#watches.clear();
  }

  #versioned(object: ApiObject): ApiObject {
    const resourceVersion = String(++this.#version);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    for (const watch of this.#watches) {
      if (isWithin(change.path, watch.path)) watch.response.write(eventLine(change));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url ?? '');
    this.authorizations.add(request.headers.authorization ?? '');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const refused = request.method === 'GET' ? this.refuse(pathname) : 405;
    if (refused !== undefined) {
      sendStatus(response, status(refused, 'Refused', `refused with ${refused}`));
    } else if (searchParams.get('watch') === '1') {
      this.#watch(pathname, Number(searchParams.get('resourceVersion')), response);
    } else this.#list(pathname, searchParams, response);
  }

  #list(path: string, query: URLSearchParams, response: ServerResponse): void {
    const all = [...this.#objects]
      .filter(([place]) => isWithin(place, path))
      .flatMap(([, objects]) => Array.from(objects.values()));
    const from = Number(query.get('continue') ?? 0);
    const limit = Math.min(Number(query.get('limit') ?? 500), this.pageMax);
    const next = from + limit < all.length ? String(from + limit) : '';
    const metadata = { resourceVersion: String(this.#version), continue: next };
    response.setHeader('Content-Type', 'application/json');
    const items = all.slice(from, from + limit);
    response.end(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items }));
  }

  #watch(path: string, version: number, response: ServerResponse): void {
    if (version < this.#forgottenVersion) {
      sendStatus(response, status(410, 'Expired', 'too old resource version'));
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    response.flushHeaders();
    const watch = { path, response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    for (const change of this.#changes) {
      if (change.version > version && isWithin(change.path, path)) {
        response.write(eventLine(change));
      }
    }
  }
}

function within(collection: string, { metadata }: ApiObject): string {
  if (metadata.namespace === undefined) return collection;
  const slash = collection.lastIndexOf('/');
  const group = collection.slice(0, slash);
  return `${group}/namespaces/${metadata.namespace}${collection.slice(slash)}`;
}

/** Whether a collection belongs to what is asked for: itself, or that of all namespaces. */
function isWithin(place: string, asked: string): boolean {
  return place === asked || place.replace(/\/namespaces\/[^/]+\//, '/') === asked;
}

function eventLine({ type, object }: Change): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function status(code: number, reason: string, message: string) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code };
}

function sendStatus(response: ServerResponse, body: ReturnType<typeof status>): void {
  response.writeHead(body.code, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
