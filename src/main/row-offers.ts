import type { Peer, ThreadSurroundings } from '#platform';
import {
  type PortionRows,
  type RowHelpers,
  RowMemory,
  type RowOffer,
  type RowRequest,
  type RowWork,
} from '#promql';
import {
  ALL_TAKEN,
  claimNext,
  createOfferWords,
  isClosed,
  OfferWord,
  type RowMessage,
  type RowsWanted,
} from './row-messages.ts';

/** What a thread does in a millisecond, in the engine's unit; about. */
const COST_PER_MS = 66_000;
/** What keeps another thread busy for some 50 ms; for less none is started. In the engine's unit. */
const COST_OF_THREAD = 1_000_000;
/** Of portions for each thread. */
const AHEAD_MAX = 4;
/** Rows take no more memory than this; a query with longer ones gets no help. */
const RING_BYTES_MAX = 64 << 20;
/** A thread that does not have a portion ready so long after it should is taken to be gone. */
const PATIENCE_MS = 50;
/** How long to wait before looking whether the query is still wanted. */
const WAIT_SLICE_MS = 10;

type Ring = readonly SharedArrayBuffer[];

/** Offers rows of the query at hand to the other threads of the pool. */
export class RowOffers implements RowHelpers {
  readonly costMin: number;
  readonly #surroundings: ThreadSurroundings;
  readonly #open = new Set<ThreadOffer>();
  #nextId = 1;
  /** Of the offer before; nobody writes into it. */
  #ring: Ring = [];

  /** `aloneMs`: what would take less than this, estimated, is done alone. */
  constructor(surroundings: ThreadSurroundings, aloneMs: number) {
    this.#surroundings = surroundings;
    this.costMin = aloneMs * COST_PER_MS;
  }

  offer(request: RowRequest): RowOffer | undefined {
    const { peers } = this.#surroundings;
    const idle = Array.from(peers).filter(({ isIdle }) => isIdle).length;
    if (idle < Math.floor(request.cost / COST_OF_THREAD)) this.#surroundings.wantPeer();
    if (peers.size === 0) return undefined;
    const ring = this.#takeRing(request, AHEAD_MAX * (peers.size + 1));
    if (ring === undefined) return undefined;
    const offer = new ThreadOffer(this.#nextId++, request, {
      peers,
      ring,
      closed: (isFree) => {
        this.#open.delete(offer);
        if (isFree) this.#ring = ring;
      },
    });
    this.#open.add(offer);
    return offer;
  }

  /** Closes what a query has left open. */
  closeAll(): void {
    for (const offer of this.#open) offer.close();
  }

  /** Of memory that was used before, as far as it is large enough. Undefined where it would be too much. */
  #takeRing({ size, steps }: RowRequest, length: number): Ring | undefined {
    const bytes = RowMemory.bytesFor(size, steps);
    if (bytes * length > RING_BYTES_MAX) return undefined;
    const before = this.#ring.filter(({ byteLength }) => byteLength >= bytes);
    this.#ring = [];
    return Array.from({ length }, (_, i) => before[i] ?? new SharedArrayBuffer(bytes));
  }
}

interface OfferParts {
  readonly peers: ReadonlySet<Peer>;
  readonly ring: Ring;
  /** `isFree`: the ring may be used again. */
  readonly closed: (isFree: boolean) => void;
}

class ThreadOffer implements RowOffer {
  readonly #id: number;
  readonly #request: RowRequest;
  readonly #parts: OfferParts;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #asked = new Set<Peer>();
  readonly #told = new Map<number, PortionRows['annotations']>();
  /** By piece of the ring. */
  readonly #memories: RowMemory[] = [];
  #work: RowWork | undefined = undefined;
  /** The series cannot be shared. */
  #isRefused = false;
  /** The first portion that is this thread's since no one is asked any more. */
  #aloneFrom = ALL_TAKEN;
  #madeCount = 0;
  /** The longest that a portion took this thread so far. */
  #longestMs = 0;
  /** When this thread turned to the portion at hand, and began to wait for one. */
  #sinceMs = 0;
  #waitsSinceMs = 0;
  #waitedFor = -1;

  constructor(id: number, request: RowRequest, parts: OfferParts) {
    this.#id = id;
    this.#request = request;
    this.#parts = parts;
    this.#words = createOfferWords(Math.ceil(request.count / request.size));
    this.#ask();
  }

  claim(portion: number): boolean {
    this.#sinceMs = performance.now();
    if (isClosed(this.#words)) return portion >= this.#aloneFrom;
    this.#ask();
    return Atomics.compareExchange(this.#words, OfferWord.next, portion, portion + 1) === portion;
  }

  claimNext(): number {
    return claimNext(this.#words, this.#parts.ring.length);
  }

  memory(portion: number): RowMemory {
    const { ring } = this.#parts;
    const piece = portion % ring.length;
    const known = this.#memories[piece];
    if (known !== undefined) return known;
    const buffer = ring[piece];
    if (buffer === undefined) throw new RangeError('cannot keep rows without memory');
    const memory = new RowMemory(buffer, this.#request.size, this.#request.steps);
    this.#memories[piece] = memory;
    return memory;
  }

  take(portion: number): PortionRows | undefined {
    this.#madeCount = Atomics.load(this.#words, OfferWord.made);
    if (Atomics.load(this.#words, OfferWord.portions + portion) === 0) return undefined;
    return this.memory(portion).rows(() => this.#annotationsOf(portion));
  }

  wait(portion: number): boolean {
    const nowMs = performance.now();
    if (this.#waitedFor !== portion) {
      this.#waitedFor = portion;
      this.#waitsSinceMs = nowMs;
    }
    const leftMs = this.#waitsSinceMs + PATIENCE_MS + 2 * this.#longestMs - nowMs;
    if (leftMs <= 0) {
      this.#stop();
      return false;
    }
    const sliceMs = Math.min(leftMs, WAIT_SLICE_MS);
    Atomics.wait(this.#words, OfferWord.made, this.#madeCount, sliceMs);
    return true;
  }

  pass(portion: number): void {
    if (this.#waitedFor !== portion) {
      this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#sinceMs);
    }
    Atomics.store(this.#words, OfferWord.used, portion + 1);
    Atomics.notify(this.#words, OfferWord.used);
  }

  close(): void {
    const isFree = !isClosed(this.#words);
    this.#stop();
    // Who is not done yet, or has not begun, will look before it writes.
    this.#parts.closed(isFree && Atomics.load(this.#words, OfferWord.writing) === 0);
  }

  /** From now on nobody takes a portion. */
  #stop(): void {
    const next = Atomics.exchange(this.#words, OfferWord.next, ALL_TAKEN);
    if (next !== ALL_TAKEN) this.#aloneFrom = next;
    Atomics.store(this.#words, OfferWord.closed, 1);
    Atomics.notify(this.#words, OfferWord.used);
  }

  /** Asks those that have nothing to do, and were not asked yet. */
  #ask(): void {
    if (this.#isRefused) return;
    const { count, size } = this.#request;
    const { peers, ring } = this.#parts;
    const left = Math.ceil(count / size) - Atomics.load(this.#words, OfferWord.next);
    if (left < 2) return;
    for (const peer of peers) {
      this.#receive(peer);
      if (this.#asked.has(peer) || !peer.isIdle) continue;
      this.#work ??= this.#request.work();
      if (this.#work === undefined) {
        this.#isRefused = true;
        return;
      }
      this.#asked.add(peer);
      const about = { id: this.#id, words: this.#words, work: this.#work };
      peer.post({ kind: 'rows-wanted', ...about, count, size, ring } satisfies RowsWanted);
    }
  }

  #annotationsOf(portion: number): PortionRows['annotations'] {
    for (const peer of this.#asked) this.#receive(peer);
    const annotations = this.#told.get(portion);
    if (annotations === undefined) throw new RangeError('cannot find what was told');
    this.#told.delete(portion);
    return annotations;
  }

  #receive(peer: Peer): void {
    for (;;) {
      // Whatever else comes was for a query before, or asks a thread for help that has no time.
      const message = peer.take() as RowMessage | undefined;
      if (message === undefined) return;
      if (message.id !== this.#id || message.kind === 'rows-wanted') continue;
      if (message.kind === 'rows-left') this.#asked.delete(peer);
      else this.#told.set(message.portion, message.annotations);
    }
  }
}
