import {
  MessageChannel,
  type MessagePort,
  parentPort,
  type Transferable,
  Worker,
  workerData,
} from 'node:worker_threads';
import { constants, setPriority } from 'node:os';
import { errorText } from './log.ts';
import { connectPeer, isThreadWanted, type Peer, ThreadWord, type ThreadWords } from './peers.ts';
import type { FromThread, PoolThread, ToThread } from './thread-pool.ts';

export interface WorkerThreadOptions {
  /** As the pool gives it. */
  readonly words: ThreadWords;
  /** Reaches `serveThread` there. */
  readonly data: unknown;
  /** A thread whose heap grows beyond it ends, alone. Bytes. */
  readonly heapBytesMax: number;
}

/** Starts a real thread for a ThreadPool. */
export function startWorkerThread(url: URL, options: WorkerThreadOptions): PoolThread {
  const { words, data, heapBytesMax } = options;
  const worker = new Worker(url, {
    workerData: { words, data },
    resourceLimits: { maxOldGenerationSizeMb: Math.round(heapBytesMax / 2 ** 20) },
  });
  return {
    post: (message, transfer = []) =>
      worker.postMessage(message, transfer as readonly Transferable[]),
    listen: (onMessage, ended) => {
      let reason: Error | undefined;
      worker.on('message', onMessage);
      worker.on('error', (error) => (reason = error));
      worker.on('exit', () => ended(reason));
    },
    terminate: () => void worker.terminate(),
  };
}

/** What ThreadPoolOptions asks for, for real threads. */
export function connectThreads(): readonly [unknown, unknown] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}

/** What a thread does with its jobs. */
export interface ThreadService {
  /**
   * Answers one job; `isCancelled` is true once nobody waits for it. Without `sendPiece` the answer is wanted
   * whole. Buffers in `transfer` are given away.
   */
  answer(job: unknown, isCancelled: () => boolean, sendPiece: SendPiece | undefined): ThreadAnswer;
  update(update: unknown): void;
  /** Something from a peer, while there is no job. */
  receive?(message: unknown, peer: Peer): void;
}

/**
 * Sends a piece of the answer ahead, once whoever asked has room for it. Nothing is sent where nobody waits
 * any more, or where there was no room for ten seconds: a slow reader must not keep a thread.
 */
export type SendPiece = (
  piece: unknown,
  transfer: readonly ArrayBuffer[],
) => 'sent' | 'cancelled' | 'no-room';

/** The pool, seen from one of its threads. */
export interface ThreadSurroundings {
  /** The other threads, as far as this one was told before its job began. */
  readonly peers: ReadonlySet<Peer>;
  /** Tells the pool that one more thread could do a part of the job. */
  wantPeer(): void;
  /** True once the pool has given this thread a job: it should leave what it helps with. */
  isWanted(): boolean;
  /** Counts a part of another thread's job as done. */
  countHelp(): void;
}

export interface ThreadAnswer {
  readonly answer: unknown;
  readonly transfer: readonly ArrayBuffer[];
}

/** Serves the pool that started this thread, until it is ended. */
export function serveThread(
  start: (data: unknown, surroundings: ThreadSurroundings) => ThreadService,
): void {
  const port = parentPort;
  if (port === null) throw new Error('BUG: serveThread outside a thread');
  const { words, data } = workerData as { words: ThreadWords; data: unknown };
  yieldToMainThread();
  const post = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const peers = new Set<Peer>();
  const service = start(data, {
    peers,
    wantPeer: () => post({ kind: 'wants-peer' }),
    isWanted: () => isThreadWanted(words),
    countHelp: () => void Atomics.add(words, ThreadWord.helped, 1),
  });
  const answer = ({ id, job }: { readonly id: number; readonly job: unknown }): void => {
    try {
      const isCancelled = (): boolean => Atomics.load(words, ThreadWord.cancelled) === id;
      const sendPiece = pieceSender(words, isCancelled, (piece, given) =>
        post({ kind: 'piece', id, piece }, given),
      );
      const { answer: result, transfer } = service.answer(job, isCancelled, sendPiece);
      post({ kind: 'answer', id, answer: result }, transfer);
    } catch (error) {
      post({ kind: 'failure', id, message: errorText(error) });
    }
    Atomics.store(words, ThreadWord.ended, id);
  };
  port.on('message', (message: ToThread) => {
    if (message.kind === 'update') service.update(message.update);
    else if (message.kind === 'job') answer(message);
    else addPeer(message.port as MessagePort, message.words);
  });
  const receive = (message: unknown, from: Peer): void => help(service, words, [message, from]);
  const addPeer = (to: MessagePort, peerWords: ThreadWords): void => {
    const peer = connectPeer(to, peerWords, { receive, closed: () => peers.delete(peer) });
    peers.add(peer);
  };
  post({ kind: 'ready' });
}

/** How long a job waits until another piece of its answer may be sent. */
const ROOM_WAIT_MS = 10_000;
/** How soon it heeds that it is cancelled meanwhile. */
const ROOM_SLICE_MS = 100;

/** Undefined where nobody takes pieces. */
function pieceSender(
  words: ThreadWords,
  isCancelled: () => boolean,
  post: (piece: unknown, transfer: readonly ArrayBuffer[]) => void,
): SendPiece | undefined {
  if (Atomics.load(words, ThreadWord.pieces) === 0) return undefined;
  let sentCount = 0;
  return (piece, transfer) => {
    const room = waitForRoom(words, sentCount, isCancelled);
    if (room !== 'sent') return room;
    sentCount++;
    post(piece, transfer);
    return room;
  };
}

function waitForRoom(
  words: ThreadWords,
  sentCount: number,
  isCancelled: () => boolean,
): ReturnType<SendPiece> {
  let deadlineMs = NaN;
  for (;;) {
    const allowed = Atomics.load(words, ThreadWord.pieces);
    if (isCancelled()) return 'cancelled';
    if (sentCount < allowed) return 'sent';
    if (Number.isNaN(deadlineMs)) deadlineMs = performance.now() + ROOM_WAIT_MS;
    if (performance.now() > deadlineMs) return 'no-room';
    Atomics.wait(words, ThreadWord.pieces, allowed, ROOM_SLICE_MS);
  }
}

function help(
  service: ThreadService,
  words: ThreadWords,
  [message, from]: readonly [unknown, Peer],
): void {
  if (isThreadWanted(words)) return;
  Atomics.store(words, ThreadWord.helping, 1);
  try {
    service.receive?.(message, from);
  } finally {
    Atomics.store(words, ThreadWord.helping, 0);
  }
}

/**
 * On Linux a priority belongs to a thread, so that the scraping main thread goes first where cores are
 * few. Elsewhere it would lower the whole process.
 */
function yieldToMainThread(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some sandboxes forbid it; queries then only compete as equals.
  }
}
