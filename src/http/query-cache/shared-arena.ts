/** What grows at once, in bytes. */
const GROWTH_BYTES = 1 << 20;

/** Places begin and end at multiples of it: few holes remain that are too small for anything. */
const GRAIN_BYTES = 512;

/** A piece of an arena, in bytes. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** Memory that all threads see, in pieces; grows up to a limit. The first hole that is large enough is taken. */
export class SharedArena {
  readonly memory: SharedArrayBuffer;
  readonly #bytesMax: number;
  /** By offset; none touches the next one. */
  #holes: { offset: number; length: number }[] = [];
  #end = 0;
  usedBytes = 0;

  /** `bytesMax`: address space that is reserved, and used as far as it is needed. */
  constructor(bytesMax: number) {
    this.#bytesMax = Math.floor(bytesMax / GRAIN_BYTES) * GRAIN_BYTES;
    this.memory = new SharedArrayBuffer(0, { maxByteLength: this.#bytesMax });
  }

  /** Undefined where there is no room. */
  take(bytes: number): Piece | undefined {
    const length = Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES;
    const offset = this.#takeHole(length) ?? this.#takeEnd(length);
    if (offset === undefined) return undefined;
    this.usedBytes += length;
    return { offset, length };
  }

  /** What others read there must not matter any more. */
  release({ offset, length }: Piece): void {
    this.usedBytes -= length;
    const at = this.#holes.findIndex((hole) => hole.offset > offset);
    this.#holes.splice(at < 0 ? this.#holes.length : at, 0, { offset, length });
    this.#closeUp();
  }

  #takeHole(length: number): number | undefined {
    const index = this.#holes.findIndex((hole) => hole.length >= length);
    const hole = this.#holes[index];
    if (hole === undefined) return undefined;
    const { offset } = hole;
    hole.offset += length;
    hole.length -= length;
    if (hole.length === 0) this.#holes.splice(index, 1);
    return offset;
  }

  #takeEnd(length: number): number | undefined {
    const offset = this.#end;
    const end = offset + length;
    if (end > this.#bytesMax) return undefined;
    if (end > this.memory.byteLength) {
      const grown = Math.ceil(end / GROWTH_BYTES) * GROWTH_BYTES;
      this.memory.grow(Math.min(this.#bytesMax, grown));
    }
    this.#end = end;
    return offset;
  }

  #closeUp(): void {
    const joined: { offset: number; length: number }[] = [];
    for (const hole of this.#holes) {
      const last = joined.at(-1);
      if (last !== undefined && last.offset + last.length === hole.offset) {
        last.length += hole.length;
      } else joined.push(hole);
    }
    const last = joined.at(-1);
    if (last !== undefined && last.offset + last.length === this.#end) {
      this.#end = last.offset;
      joined.pop();
    }
    this.#holes = joined;
  }
}
