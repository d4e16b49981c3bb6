import type { Random } from './random.ts';

/*
 * What a machine keeps of its files. Each file and each directory is there twice: as running programs
 * see it, and as a power failure would leave it. Between the two stand the changes that no sync has made
 * durable yet; a power failure keeps some of them.
 */

/** What a disk writes at once, and what a system writes at once. Bytes. */
const UNITS = [512, 4096] as const;

/** One write to a file, or one cut (no data: all from `position` on goes). */
export interface FileChange {
  readonly position: number;
  readonly data: Uint8Array | undefined;
  /** A sync has answered for it. */
  isDurable: boolean;
  /** A sync that failed has let go of it: no later one writes it. */
  isDropped: boolean;
  /** The file is not wanted any more. */
  isRemoved: boolean;
}

export class PlatterFile {
  #content: Uint8Array = new Uint8Array(1 << 12);
  bytes = 0;
  #durable: Uint8Array = new Uint8Array(0);
  #pending: FileChange[] = [];
  /** How many changes are durable, so that a change keeps its number. */
  #settled = 0;
  /** Reading fails. */
  isBad = false;

  get content(): Uint8Array {
    return this.#content.subarray(0, this.bytes);
  }

  /** The number of the next change. */
  get changes(): number {
    return this.#settled + this.#pending.length;
  }

  write(data: Uint8Array): FileChange {
    const position = this.bytes;
    this.#grow(position + data.length);
    this.#content.set(data, position);
    this.bytes = position + data.length;
    return this.#add(position, data.slice());
  }

  truncate(bytes: number): void {
    this.#grow(bytes);
    this.#content.fill(0, Math.min(bytes, this.bytes));
    this.bytes = bytes;
    this.#add(bytes, undefined);
  }

  /** Makes the changes before `change` durable. */
  sync(change: number): void {
    const done = this.#pending.splice(0, Math.max(0, change - this.#settled));
    if (done.length === 0) return;
    this.#settled += done.length;
    this.#durable = changed(this.#durable, done);
    for (const each of done) each.isDurable = !each.isDropped;
  }

  /** A sync has failed, and the system takes for clean what it could not write (as Linux does). */
  drop(change: number): void {
    for (const each of this.#pending.slice(0, change - this.#settled)) each.isDropped = true;
  }

  noteRemoved(): void {
    for (const each of this.#pending) each.isRemoved = true;
  }

  loseUnsynced(random: Random): void {
    this.#durable = this.#survivors(random);
    this.#pending = [];
    this.#content = new Uint8Array(this.#durable.length + (1 << 12));
    this.#content.set(this.#durable);
    this.bytes = this.#durable.length;
  }

  #survivors(random: Random): Uint8Array {
    const count = this.#pending.length;
    if (count === 0) return this.#durable;
    const sizeVersion = random.between(0, count);
    const unit = random.pick(UNITS);
    // Of all pieces alike, or of each piece another version.
    const isOrdered = random.chance(0.3);
    let state = this.#durable;
    const versions = [state];
    for (const change of this.#pending) versions.push((state = changed(state, [change])));
    const survived = new Uint8Array(versions[sizeVersion].length);
    for (let at = 0; at < survived.length; at += unit) {
      const version = isOrdered ? sizeVersion : random.pick([0, random.between(0, count), count]);
      const piece = versions[version].subarray(at, Math.min(at + unit, survived.length));
      survived.set(piece, at);
    }
    return survived;
  }

  #add(position: number, data: Uint8Array | undefined): FileChange {
    const change = { position, data, isDurable: false, isDropped: false, isRemoved: false };
    this.#pending.push(change);
    return change;
  }

  #grow(bytes: number): void {
    if (bytes <= this.#content.length) return;
    const grown = new Uint8Array(bytes * 2);
    grown.set(this.content);
    this.#content = grown;
  }
}

function changed(before: Uint8Array, changes: readonly FileChange[]): Uint8Array {
  const ends = changes.map(({ position, data }) => position + (data?.length ?? 0));
  const after = new Uint8Array(Math.max(before.length, ...ends));
  after.set(before);
  let bytes = before.length;
  for (const { position, data, isDropped } of changes) {
    if (data === undefined) {
      after.fill(0, position);
      bytes = position;
      continue;
    }
    if (!isDropped) after.set(data, position);
    bytes = Math.max(bytes, position + data.length);
  }
  return after.subarray(0, bytes);
}

export type Entry = PlatterFile | PlatterDirectory;

type NameChange =
  | { readonly kind: 'link'; readonly name: string; readonly entry: Entry }
  | { readonly kind: 'unlink'; readonly name: string }
  | {
      readonly kind: 'rename';
      readonly from: PlatterDirectory;
      readonly fromName: string;
      readonly name: string;
      readonly entry: Entry;
      /** What had the name. */
      readonly replaced: Entry | undefined;
    };

export class PlatterDirectory {
  readonly entries = new Map<string, Entry>();
  readonly #durable = new Map<string, Entry>();
  #pending: NameChange[] = [];

  link(name: string, entry: Entry): void {
    this.#change({ kind: 'link', name, entry });
  }

  unlink(name: string): void {
    this.#change({ kind: 'unlink', name });
  }

  /** Takes an entry of this or another directory in. */
  rename(from: PlatterDirectory, fromName: string, name: string): void {
    const entry = from.entries.get(fromName);
    if (entry === undefined) return;
    const replaced = this.entries.get(name);
    this.#change({ kind: 'rename', from, fromName, name, entry, replaced });
  }

  sync(): void {
    this.#settle(this.#pending.length);
  }

  /** Names first, so that a rename between directories takes its entry out of the one or the other. */
  loseUnsynced(random: Random): void {
    this.#loseNames(random);
    this.#loseContents(random);
  }

  #loseNames(random: Random): void {
    const seen = new Set([...this.entries.values(), ...this.#durable.values()]);
    for (const entry of seen) if (entry instanceof PlatterDirectory) entry.#loseNames(random);
    this.#settle(random.between(0, this.#pending.length));
    this.#pending = [];
  }

  #loseContents(random: Random): void {
    this.entries.clear();
    for (const [name, entry] of this.#durable) {
      this.entries.set(name, entry);
      if (entry instanceof PlatterDirectory) entry.#loseContents(random);
      else entry.loseUnsynced(random);
    }
  }

  #change(change: NameChange): void {
    this.#pending.push(change);
    apply(change, this.entries, (from) => from.entries);
  }

  #settle(count: number): void {
    for (const change of this.#pending.splice(0, count)) {
      apply(change, this.#durable, (from) => from.#durable);
      // What stands in its place has been made durable by itself.
      if (change.kind === 'rename' && change.replaced instanceof PlatterFile) {
        change.replaced.noteRemoved();
      }
    }
  }
}

function apply(
  change: NameChange,
  names: Map<string, Entry>,
  namesOf: (directory: PlatterDirectory) => Map<string, Entry>,
): void {
  switch (change.kind) {
    case 'link':
      names.set(change.name, change.entry);
      return;
    case 'unlink':
      names.delete(change.name);
      return;
    case 'rename': {
      const from = namesOf(change.from);
      if (from.get(change.fromName) === change.entry) from.delete(change.fromName);
      names.set(change.name, change.entry);
    }
  }
}
