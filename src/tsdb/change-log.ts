import type { ChangeMark, ChangeSource, UnchangedTimes } from '#storage';

/** Commits so near to each other in what they wrote first are told apart no more. Milliseconds. */
const GRAIN_MS = 1000;

/** An hour by the second. Beyond it neighbours become one: then some more counts as changed than has. */
const ENTRIES_MAX = 3600;

/**
 * Remembers which samples have changed since a moment: for each commit the time of the oldest sample that it
 * wrote, as far as no later commit wrote an older one. So it need not grow with the number of commits. All
 * that is written goes through it: in order or late, by scrapes or from outside.
 */
export class ChangeLog implements ChangeSource {
  #commit = 0;
  #deletion = 0;
  #drop = 0;
  #droppedMs = -Infinity;
  /** Both increase: the last commit of an entry, and the oldest time that it or a later one wrote. */
  #commits: number[] = [];
  #oldestMs: number[] = [];

  mark(): ChangeMark {
    return { commit: this.#commit, deletion: this.#deletion, drop: this.#drop };
  }

  /** How many moments it tells apart. */
  get length(): number {
    return this.#commits.length;
  }

  /** A batch was committed whose oldest sample is of that time. */
  noteCommit(oldestMs: number): void {
    const commit = ++this.#commit;
    let last = this.#oldestMs.length - 1;
    while (last >= 0 && this.#oldestMs[last] >= oldestMs) last--;
    this.#commits.length = last + 1;
    this.#oldestMs.length = last + 1;
    if (last >= 0 && oldestMs < this.#oldestMs[last] + GRAIN_MS) {
      this.#commits[last] = commit;
      return;
    }
    if (last + 1 >= ENTRIES_MAX) this.#thin();
    this.#commits.push(commit);
    this.#oldestMs.push(oldestMs);
  }

  /** Samples of whatever time were deleted. */
  noteDeletion(): void {
    this.#deletion++;
  }

  /** What is older is given up, or some of it. To be called before and after, where readers go on meanwhile. */
  noteDropped(beforeMs: number): void {
    this.#drop++;
    if (beforeMs > this.#droppedMs) this.#droppedMs = beforeMs;
  }

  /** Undefined: any sample may have changed. */
  unchangedSince(mark: ChangeMark): UnchangedTimes | undefined {
    if (mark.deletion !== this.#deletion) return undefined;
    const startMs = mark.drop === this.#drop ? -Infinity : this.#droppedMs;
    return { startMs, endMs: this.#oldestSince(mark.commit) };
  }

  /** Of the first entry with a later commit. */
  #oldestSince(commit: number): number {
    let low = 0;
    let high = this.#commits.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#commits[middle] > commit) high = middle;
      else low = middle + 1;
    }
    return this.#oldestMs[low] ?? Infinity;
  }

  /** Of two neighbours, the commits of the second count as having written what the first did. */
  #thin(): void {
    let kept = 0;
    for (let i = 0; i < this.#commits.length; i += 2) {
      this.#oldestMs[kept] = this.#oldestMs[i];
      this.#commits[kept++] = this.#commits[i + 1] ?? this.#commits[i];
    }
    this.#commits.length = kept;
    this.#oldestMs.length = kept;
  }
}
