import type { Container } from './container.ts';

/** Answers remembered at most; the oldest go first. */
const ENTRIES_MAX = 4000;

/** So many containers of one image without a service must have answered otherwise until no more of them are asked. */
const STRANGERS_MAX = 3;

/**
 * What ports answered that have no metrics, so that they are not asked again: not by the next replica of the
 * service, nor when its container is made anew of the same image. It forgets what is oldest.
 */
export class ProbeMemory {
  readonly #answers = new Map<string, string>();
  readonly #strangers = new Map<string, number>();
  /** Where a port of an image has them: that path is asked first. */
  readonly #paths = new Map<string, string>();

  /** What it answered; undefined: ask. */
  otherAnswer(container: Container, port: number): string | undefined {
    const known = this.#answers.get(roleKey(container, port));
    if (known !== undefined) return known;
    const strangers = this.#strangers.get(imageKey(container, port)) ?? 0;
    if (container.identity.kind !== 'name' || strangers < STRANGERS_MAX) return undefined;
    return `${strangers} other containers of this image had no metrics there`;
  }

  noteOther(container: Container, port: number, answer: string): void {
    const key = roleKey(container, port);
    if (!this.#answers.has(key) && container.identity.kind === 'name') {
      const image = imageKey(container, port);
      put(this.#strangers, image, (this.#strangers.get(image) ?? 0) + 1);
    }
    put(this.#answers, key, answer);
  }

  noteMetrics(container: Container, port: number, path: string): void {
    const image = imageKey(container, port);
    put(this.#paths, image, path);
    this.#strangers.delete(image);
    this.#answers.delete(roleKey(container, port));
  }

  /** The paths, that one first where the image is known to have metrics. */
  ordered(container: Container, port: number, paths: readonly string[]): readonly string[] {
    const known = this.#paths.get(imageKey(container, port));
    if (known === undefined || !paths.includes(known)) return paths;
    return [known, ...paths.filter((path) => path !== known)];
  }
}

function imageKey({ imageId }: Container, port: number): string {
  return `${imageId} ${port}`;
}

function roleKey(container: Container, port: number): string {
  const { group, service, name, kind } = container.identity;
  const role = kind === 'name' ? name : `${kind} ${group} ${service}`;
  return `${imageKey(container, port)} ${role}`;
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= ENTRIES_MAX) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
