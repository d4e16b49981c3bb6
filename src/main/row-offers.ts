import type { Peer, ThreadSurroundings } from '#platform';
import type { PortionRows, RowHelpers, RowOffer, RowRequest, RowWork } from '#promql';
import {
  claimNext,
  isClosed,
  OFFER_BYTES,
  OfferWord,
  type RowMessage,
  type RowsWanted,
} from './row-messages.ts';

/** What keeps another thread busy for some 50 ms; for less none is started. In the engine's unit. */
const COST_OF_THREAD = 1_000_000;
/** Of portions for each thread; they are in memory, a megabyte each at most. */
const AHEAD_MAX = 2;
/** A thread that does not have a portion ready so long after it should is taken to be gone. */
const PATIENCE_MS = 50;
/** How long to wait before looking whether the query is still wanted. */
const WAIT_SLICE_MS = 10;

/** Offers rows of the query at hand to the other threads of the pool. */
export class RowOffers implements RowHelpers {
  readonly #surroundings: ThreadSurroundings;
  readonly #open = new Set<ThreadOffer>();
  #nextId = 1;

  constructor(surroundings: ThreadSurroundings) {
    this.#surroundings = surroundings;
  }

  offer(request: RowRequest): RowOffer | undefined {
    const { peers } = this.#surroundings;
    const idle = Array.from(peers).filter(({ isIdle }) => isIdle).length;
    if (idle < Math.floor(request.cost / COST_OF_THREAD)) this.#surroundings.wantPeer();
    if (peers.size === 0) return undefined;
    const offer = new ThreadOffer(this.#nextId++, request, {
      peers,
      closed: () => this.#open.delete(offer),
    });
    this.#open.add(offer);
    return offer;
  }

  /** Closes what a query has left open. */
  closeAll(): void {
    for (const offer of this.#open) offer.close();
  }
}

class ThreadOffer implements RowOffer {
  readonly #id: number;
  readonly #request: RowRequest;
  readonly #peers: ReadonlySet<Peer>;
  readonly #closed: () => void;
  readonly #words = new Int32Array(new SharedArrayBuffer(OFFER_BYTES));
  readonly #aheadMax: number;
  readonly #asked = new Set<Peer>();
  readonly #rows = new Map<number, PortionRows>();
  #work: RowWork | undefined = undefined;
  /** The series cannot be shared. */
  #isRefused = false;
  #madeCount = 0;
  /** The longest that a portion took so far, in any thread. */
  #longestMs = 0;
  /** When this thread turned to the portion at hand, and began to wait for one. */
  #sinceMs = 0;
  #waitsSinceMs = 0;
  #waitedFor = -1;

  constructor(
    id: number,
    request: RowRequest,
    { peers, closed }: { readonly peers: ReadonlySet<Peer>; readonly closed: () => void },
  ) {
    this.#id = id;
    this.#request = request;
    this.#peers = peers;
    this.#closed = closed;
    this.#aheadMax = AHEAD_MAX * (peers.size + 1);
    this.#ask();
  }

  claim(portion: number): boolean {
    this.#ask();
    this.#sinceMs = performance.now();
    return Atomics.compareExchange(this.#words, OfferWord.next, portion, portion + 1) === portion;
  }

  claimNext(): number {
    const { count, size } = this.#request;
    return claimNext(this.#words, { count, size, aheadMax: this.#aheadMax });
  }

  take(portion: number): PortionRows | undefined {
    this.#madeCount = Atomics.load(this.#words, OfferWord.made);
    for (const peer of this.#asked) this.#receive(peer);
    const rows = this.#rows.get(portion);
    this.#rows.delete(portion);
    return rows;
  }

  wait(portion: number): boolean {
    const nowMs = performance.now();
    if (this.#waitedFor !== portion) {
      this.#waitedFor = portion;
      this.#waitsSinceMs = nowMs;
    }
    const leftMs = this.#waitsSinceMs + PATIENCE_MS + 2 * this.#longestMs - nowMs;
    if (leftMs <= 0) return false;
    const sliceMs = Math.min(leftMs, WAIT_SLICE_MS);
    Atomics.wait(this.#words, OfferWord.made, this.#madeCount, sliceMs);
    return true;
  }

  pass(portion: number): void {
    if (this.#waitedFor !== portion) this.#took(performance.now() - this.#sinceMs);
    this.#rows.delete(portion);
    Atomics.store(this.#words, OfferWord.used, portion + 1);
    Atomics.notify(this.#words, OfferWord.used);
  }

  close(): void {
    Atomics.store(this.#words, OfferWord.closed, 1);
    Atomics.notify(this.#words, OfferWord.used);
    this.#rows.clear();
    this.#closed();
  }

  #took(tookMs: number): void {
    if (tookMs > this.#longestMs) this.#longestMs = tookMs;
  }

  /** Asks those that have nothing to do, and were not asked yet. */
  #ask(): void {
    if (this.#isRefused || isClosed(this.#words)) return;
    const { count, size } = this.#request;
    const left = Math.ceil(count / size) - Atomics.load(this.#words, OfferWord.next);
    if (left < 2) return;
    for (const peer of this.#peers) {
      if (this.#asked.has(peer) || !peer.isIdle) continue;
      this.#work ??= this.#request.work();
      if (this.#work === undefined) {
        this.#isRefused = true;
        return;
      }
      this.#asked.add(peer);
      const message: RowsWanted = {
        kind: 'rows-wanted',
        id: this.#id,
        words: this.#words,
        work: this.#work,
        count,
        size,
        aheadMax: this.#aheadMax,
      };
      peer.post(message);
    }
  }

  #receive(peer: Peer): void {
    for (;;) {
      // Whatever else comes was for a query before, or asks a thread for help that has no time.
      const message = peer.take() as RowMessage | undefined;
      if (message === undefined) return;
      if (message.id !== this.#id || message.kind === 'rows-wanted') continue;
      if (message.kind === 'rows-left') {
        this.#asked.delete(peer);
        continue;
      }
      this.#rows.set(message.portion, message.rows);
      this.#took(message.tookMs);
    }
  }
}
