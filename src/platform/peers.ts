import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** What a pool and one of its threads share: int32 words. */
export const ThreadWord = {
  /** Number of the job that is to stop. */
  cancelled: 0,
  /** Number of the job that the pool gave last; stored before the job is sent. */
  given: 1,
  /** Number of the job that the thread ended last. */
  ended: 2,
  /** 1 while the thread works for another one. */
  helping: 3,
  /** How often it did a part of another one's job. Wraps. */
  helped: 4,
  /** How many pieces of its answer the job may have sent. */
  pieces: 5,
} as const;

export type ThreadWords = Int32Array<SharedArrayBuffer>;

export function createThreadWords(): ThreadWords {
  return new Int32Array(new SharedArrayBuffer(6 * 4));
}

/** True while a thread has neither a job nor works for another one. */
export function isThreadIdle(words: ThreadWords): boolean {
  return !isThreadWanted(words) && Atomics.load(words, ThreadWord.helping) === 0;
}

/** True from when the pool gives a thread a job until it has done it. */
export function isThreadWanted(words: ThreadWords): boolean {
  return Atomics.load(words, ThreadWord.given) !== Atomics.load(words, ThreadWord.ended);
}

/** Another thread of the same pool, to be talked to without the pool. */
export interface Peer {
  readonly isIdle: boolean;
  /** Buffers in `transfer` are given away. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** The next message that came from it, undefined: none. For a thread that is in the middle of a job. */
  take(): unknown;
}

/** A peer behind a port; `receive` gets what `take` leaves. */
export function connectPeer(
  port: MessagePort,
  words: ThreadWords,
  on: { readonly receive: (message: unknown, peer: Peer) => void; readonly closed: () => void },
): Peer {
  const peer: Peer = {
    get isIdle() {
      return isThreadIdle(words);
    },
    post: (message, transfer = []) => port.postMessage(message, transfer),
    take: () => receiveMessageOnPort(port)?.message,
  };
  port.on('message', (message: unknown) => on.receive(message, peer));
  port.on('close', on.closed);
  return peer;
}
