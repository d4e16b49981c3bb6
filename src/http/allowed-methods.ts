import type { FastifyInstance } from 'fastify';

/** The routes of a server by their paths, so that a wrong method can be told from a wrong path. */
export class AllowedMethods {
  readonly #routes = new Map<
    string,
    { readonly parts: readonly string[]; readonly methods: Set<string> }
  >();

  /** Notes every route that is added from now on. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      // What answers preflights everywhere says nothing about the path.
      if (url !== '*') this.add(url, [method].flat());
    });
  }

  /** `url` as a route has it: with `:name` for a part of any text, and `*` for any rest. */
  add(url: string, methods: readonly string[]): void {
    const route = this.#routes.get(url) ?? { parts: url.split('/'), methods: new Set() };
    this.#routes.set(url, route);
    for (const method of methods) route.methods.add(method);
  }

  /** Sorted, with OPTIONS, which every path has; empty: there is no such path. */
  of(path: string): readonly string[] {
    const found = new Set<string>();
    const parts = path.split('/');
    for (const route of this.#routes.values()) {
      if (!matches(route.parts, parts)) continue;
      for (const method of route.methods) found.add(method);
    }
    return found.size === 0 ? [] : [...found.add('OPTIONS')].toSorted();
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? path.length < pattern.length : path.length !== pattern.length) return false;
  return pattern.every(
    (part, i) => part === path[i] || part === '*' || (part.startsWith(':') && path[i] !== ''),
  );
}
