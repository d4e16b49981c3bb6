import type { Container } from './container.ts';
import { GoneContainers } from './gone.ts';
import type { KnownContainers, LastEnd, LifeTotals } from './gone-file.ts';
import { compareHolders, isAlive, sharedLine } from './identity.ts';
import { LifeMemory, policyStarts } from './lifecycle.ts';
import type { Story } from './lifecycle.ts';

export const NO_TOTALS: LifeTotals = { starts: 0, deaths: 0, oomKills: 0 };

interface Known {
  container: Container;
  readonly memory: LifeMemory;
}

function lastEnd(
  container: Container,
  happenings: Story['happenings'],
  before: LastEnd | undefined,
): LastEnd | undefined {
  const { id, finishedMs, exitCode, isOomKilled } = container;
  if (finishedMs === 0 || finishedMs < (before?.finishedMs ?? 0)) return before;
  const death = happenings.findLast(({ kind }) => kind === 'die');
  const isRequested =
    death === undefined
      ? before?.id === id && before.isRequested
      : death.attributes['requested'] === 'true';
  return { id, finishedMs, exitCode, isOomKilled, isRequested };
}

function hasProcesses(container: Container | undefined): number {
  return Number(container?.state === 'running' || container?.state === 'paused');
}

/** The containers that exist and those that are remembered, by id and by identity. */
export class RegistryStore {
  readonly #limit: number;
  readonly #existing = new Map<string, Known>();
  readonly #byName = new Map<string, Set<string>>();
  readonly #totals = new Map<string, LifeTotals>();
  readonly #gone = new GoneContainers((name) => {
    if (!this.#byName.has(name)) this.#totals.delete(name);
  });
  /** Undefined: something has changed since. */
  #listed: readonly Container[] | undefined;

  /** `limit`: containers that exist, at most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get existingCount(): number {
    return this.#existing.size;
  }

  get goneCount(): number {
    return this.#gone.size;
  }

  get crowdedOut(): number {
    return this.#gone.crowdedOut;
  }

  get totalsCount(): number {
    return this.#totals.size;
  }

  get isFull(): boolean {
    return this.#existing.size >= this.#limit;
  }

  has(id: string): boolean {
    return this.#existing.has(id);
  }

  /** A container of this identity exists. */
  exists(name: string): boolean {
    return this.#byName.has(name);
  }

  ids(): readonly string[] {
    return [...this.#existing.keys()];
  }

  /** As the interface of the registry has it. */
  containers(): readonly Container[] {
    this.#listed ??= this.#list();
    return this.#listed;
  }

  find(name: string): Container | undefined {
    return this.#held(name)[0] ?? this.#gone.get(name)?.container ?? this.#findShared(name);
  }

  byId(id: string): Container | undefined {
    const known = this.#existing.get(id);
    return known?.container ?? this.#gone.byId(id)?.container;
  }

  existing(id: string): Container | undefined {
    return this.#existing.get(id)?.container;
  }

  /** What is remembered of a container that exists; of another a new one. */
  memoryOf(id: string): LifeMemory {
    return this.#existing.get(id)?.memory ?? new LifeMemory();
  }

  totals(name: string): LifeTotals {
    return this.#totals.get(name) ?? NO_TOTALS;
  }

  /** The newest other container of the same identity that was made before. */
  predecessor({ id, identity, createdMs }: Container): Container | undefined {
    const others = this.#held(identity.name).filter(
      (other) => other.id !== id && other.createdMs <= createdMs,
    );
    const gone = this.#gone.get(identity.name)?.container;
    if (gone !== undefined && gone.id !== id) others.push(gone);
    return others.toSorted((a, b) => b.createdMs - a.createdMs)[0];
  }

  /** Takes a container as it is now; false where there are too many. */
  put(container: Container, memory: LifeMemory): boolean {
    const before = this.#existing.get(container.id);
    if (before === undefined && this.isFull) return false;
    const { name } = container.identity;
    if (before !== undefined && before.container.identity.name !== name) {
      this.#unname(before.container);
    }
    this.#existing.set(container.id, { container, memory });
    const ids = this.#byName.get(name) ?? new Set();
    ids.add(container.id);
    this.#byName.set(name, ids);
    this.#nameLines(name);
    this.#listed = undefined;
    return true;
  }

  /** It exists no more. */
  remove(container: Container, goneMs: number): void {
    const known = this.#existing.get(container.id);
    this.#gone.remember({ container: { ...container, line: container.identity.name }, goneMs });
    if (known !== undefined) {
      this.#existing.delete(container.id);
      this.#unname(known.container);
    }
    this.#listed = undefined;
  }

  /** Adds what happened to what was counted of its identity. */
  count(before: Container | undefined, { container, ...story }: Story): void {
    if (container === undefined) return;
    const { name } = container.identity;
    const old = this.#totals.get(name) ?? NO_TOTALS;
    const byPolicy = policyStarts(container, before);
    // Of one that is seen for the first time it is counted how it came to where it is.
    const isStarted = before === undefined && container.startedMs > 0;
    const starts = Math.max(story.starts, byPolicy + Number(isStarted));
    this.#totals.set(name, {
      starts: old.starts + starts,
      // Each start but that of a container which runs has come to its end.
      deaths: old.deaths + Math.max(0, starts + hasProcesses(before) - hasProcesses(container)),
      oomKills: old.oomKills + story.oomKills,
      end: lastEnd(container, story.happenings, old.end),
    });
  }

  /** Whether any that had gone is forgotten now. */
  expire(nowMs: number): boolean {
    if (!this.#gone.expire(nowMs)) return false;
    this.#listed = undefined;
    return true;
  }

  restore({ existing, gone, totals }: KnownContainers): void {
    for (const container of existing) this.put(container, new LifeMemory());
    for (const one of gone) this.#gone.remember(one);
    for (const [name, counted] of totals) {
      if (this.#byName.has(name) || this.#gone.get(name) !== undefined) {
        this.#totals.set(name, { ...NO_TOTALS, ...counted });
      }
    }
    this.#listed = undefined;
  }

  known(): Pick<KnownContainers, 'existing' | 'gone' | 'totals'> {
    return {
      existing: [...this.#existing.values()].map(({ container }) => container),
      gone: this.#gone.all(),
      totals: [...this.#totals],
    };
  }

  #unname({ id, identity: { name } }: Container): void {
    const ids = this.#byName.get(name);
    ids?.delete(id);
    this.#nameLines(name);
    if (ids?.size !== 0) return;
    this.#byName.delete(name);
    if (this.#gone.get(name) === undefined) this.#totals.delete(name);
  }

  /** Those of an identity that exist, who has its line first. */
  #held(name: string): Container[] {
    const ids = [...(this.#byName.get(name) ?? [])];
    return ids.flatMap((id) => this.#existing.get(id)?.container ?? []).toSorted(compareHolders);
  }

  /** `name~<digits>` */
  #findShared(line: string): Container | undefined {
    const end = line.lastIndexOf('~');
    return end < 0
      ? undefined
      : this.#held(line.slice(0, end)).find((container) => container.line === line);
  }

  #list(): readonly Container[] {
    const listed: Container[] = [];
    for (const name of this.#byName.keys()) {
      this.#held(name).forEach((container, i) => {
        if (i === 0 || isAlive(container)) listed.push(container);
      });
    }
    for (const { container } of this.#gone.all()) {
      if (!this.#byName.has(container.identity.name)) listed.push(container);
    }
    return listed.toSorted((a, b) => (a.line < b.line ? -1 : 1));
  }

  /** Says of each container of an identity which line it has. */
  #nameLines(name: string): void {
    this.#held(name).forEach((container, i) => {
      const line = i === 0 ? name : sharedLine(container);
      const known = this.#existing.get(container.id);
      if (known !== undefined && container.line !== line) known.container = { ...container, line };
    });
  }
}
