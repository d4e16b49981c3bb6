import type { Answer } from '#contract';
import { type AnsweredData, readAnswer } from '#dashboards';
import { ApiError } from '../api/client.ts';
import type { StreamEvent } from './event-lines.ts';
import { mergeSteps } from './merge-steps.ts';

/** A query that the server is to continue. Milliseconds. */
export interface LiveQuestion {
  readonly type: 'range' | 'instant';
  readonly query: string;
  readonly stepMs: number;
  /** Of the steps: their time modulo the step. */
  readonly phaseMs: number;
  /** Of which steps are kept; 0 for an instant. */
  readonly rangeMs: number;
}

/** What there is of a query by now. Milliseconds. */
export interface LiveResult {
  readonly data: AnsweredData;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface LiveState {
  /** Undefined until the first answer is there. */
  readonly result: LiveResult | undefined;
  /** Why the last steps are missing. */
  readonly error: ApiError | undefined;
  /** The server does not follow it, the error says why: it has to be asked again and again. */
  readonly isRefused: boolean;
}

/** `lost`: it is tried again. `resting`: nobody looks. */
export type LiveStatus = 'resting' | 'connecting' | 'open' | 'lost';

/** What a connection needs of the page. */
export interface LiveSurroundings {
  /** Asks for a stream; its events until it ends. Rejects with an ApiError. */
  readonly open: (body: string, signal: AbortSignal) => AsyncIterable<StreamEvent | undefined>;
  readonly nowMs: () => number;
  /** Calls once after so long; the answer calls it off. */
  readonly later: (delayMs: number, act: () => void) => () => void;
}

/** A `NumberedAnswer` of the contract. Steps are those of a `LiveAnswer`, in seconds. */
type LiveMessage = Answer<AnsweredData> & {
  readonly query: number;
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
};

interface Followed {
  readonly question: LiveQuestion;
  readonly listeners: Set<() => void>;
  state: LiveState;
  /** The last step that came. */
  lastStepMs: number | undefined;
  forget: (() => void) | undefined;
}

const NOTHING: LiveState = { result: undefined, error: undefined, isRefused: false };

/** Queries of one connection; the server takes no more. The others are refused. */
export const FOLLOWED_MAX = 200;
/** Panels that come into view together are asked for together. */
const ASK_MS = 30;
/** Who scrolls on leaves queries behind; the connection goes on with them for a while. */
const DROP_MS = 2000;
/** What nobody looks at any more, in case somebody does again. */
const KEPT_MS = 60_000;
/** Steps of many queries come at about the same time, and are drawn together. */
const TOGETHER_MS = 25;
const RETRY_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 30_000];
/** Comments come every 15 seconds: without any the connection is dead. */
const SILENCE_MS_MAX = 50_000;
/** After so many failures in a row panels are asked for in the usual way. */
const FAILURES_MAX = 2;

/** Follows all live queries of a page over one connection. */
export class LiveConnection {
  readonly #surroundings: LiveSurroundings;
  readonly #followed = new Map<string, Followed>();
  readonly #statusListeners = new Set<() => void>();
  readonly #changed = new Set<Followed>();
  #status: LiveStatus = 'resting';
  #failures = 0;
  #isPaused = false;
  #isClosed = false;
  #abort: AbortController | undefined;
  #cancelConnect: (() => void) | undefined;
  #connectAtMs = Infinity;
  #cancelSilence: (() => void) | undefined;

  constructor(surroundings: LiveSurroundings) {
    this.#surroundings = surroundings;
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** False where it failed again and again: panels are to be asked for in the usual way meanwhile. */
  get isServing(): boolean {
    return this.#failures < FAILURES_MAX;
  }

  /** Calls after each change of `status` or `isServing`, until the answer is called. */
  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  /** Calls after each change of the query's state, until the answer is called. */
  follow(question: LiveQuestion, listener: () => void): () => void {
    const key = keyOfQuestion(question);
    const followed = this.#followed.get(key) ?? this.#add(key, question);
    followed.forget?.();
    followed.forget = undefined;
    followed.listeners.add(listener);
    if (followed.listeners.size === 1) this.#connectIn(ASK_MS);
    return () => {
      if (!followed.listeners.delete(listener) || followed.listeners.size > 0) return;
      this.#connectIn(DROP_MS);
      followed.forget = this.#surroundings.later(KEPT_MS, () => this.#followed.delete(key));
    };
  }

  stateOf(question: LiveQuestion): LiveState {
    return this.#followed.get(keyOfQuestion(question))?.state ?? NOTHING;
  }

  /** Nobody sees the page. */
  pause(): void {
    this.#isPaused = true;
    this.#leave();
    this.#setStatus('resting');
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#failures = 0;
    this.#connectIn(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
    for (const { forget } of this.#followed.values()) forget?.();
    this.#followed.clear();
    this.#setStatus('resting');
  }

  #add(key: string, question: LiveQuestion): Followed {
    const followed: Followed = {
      question,
      listeners: new Set(),
      state: NOTHING,
      lastStepMs: undefined,
      forget: undefined,
    };
    this.#followed.set(key, followed);
    return followed;
  }

  /** The earliest wish counts. */
  #connectIn(delayMs: number): void {
    if (this.#isPaused || this.#isClosed) return;
    const atMs = this.#surroundings.nowMs() + delayMs;
    if (atMs >= this.#connectAtMs) return;
    this.#cancelConnect?.();
    this.#connectAtMs = atMs;
    this.#cancelConnect = this.#surroundings.later(delayMs, () => void this.#connect());
  }

  #leave(): void {
    this.#cancelConnect?.();
    this.#connectAtMs = Infinity;
    this.#cancelSilence?.();
    this.#abort?.abort();
    this.#abort = undefined;
  }

  async #connect(): Promise<void> {
    this.#leave();
    const all = [...this.#followed.values()].filter(({ listeners }) => listeners.size > 0);
    const asked = all.slice(0, FOLLOWED_MAX);
    for (const one of all.slice(FOLLOWED_MAX)) this.#refuse(one, tooMany());
    if (asked.length === 0) return this.#setStatus('resting');
    const abort = new AbortController();
    this.#abort = abort;
    if (this.#status !== 'open') this.#setStatus('connecting');
    this.#listenForSilence(abort);
    let failure = new ApiError('unreachable', 'the server ended the connection', 0);
    try {
      const body = JSON.stringify({ queries: asked.map((one) => this.#parametersOf(one)) });
      for await (const event of this.#surroundings.open(body, abort.signal)) {
        if (abort.signal.aborted) return;
        this.#listenForSilence(abort);
        if (event !== undefined) this.#take(asked, event);
      }
    } catch (error) {
      if (error instanceof ApiError) failure = error;
    }
    if (this.#abort === abort) this.#lose(failure);
  }

  #parametersOf({ question, lastStepMs }: Followed): Readonly<Record<string, string | number>> {
    const { type, query, stepMs, phaseMs, rangeMs } = question;
    const oldestMs = this.#surroundings.nowMs() - rangeMs;
    const startMs = Math.floor((oldestMs - phaseMs) / stepMs) * stepMs + phaseMs;
    const known = lastStepMs === undefined ? {} : { last_event_id: String(lastStepMs) };
    return { type, query, step: stepMs / 1000, start: startMs / 1000, ...known };
  }

  #listenForSilence(abort: AbortController): void {
    this.#cancelSilence?.();
    this.#cancelSilence = this.#surroundings.later(SILENCE_MS_MAX, () => {
      if (this.#abort !== abort) return;
      abort.abort();
      this.#lose(new ApiError('unreachable', 'the server says nothing any more', 0));
    });
  }

  #lose(error: ApiError): void {
    this.#cancelSilence?.();
    this.#abort = undefined;
    this.#failures++;
    for (const one of this.#followed.values()) {
      if (one.state.result === undefined) this.#set(one, { ...one.state, error });
    }
    this.#setStatus('lost', true);
    this.#connectIn(RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1] ?? 0);
  }

  #take(asked: readonly Followed[], { name, data }: StreamEvent): void {
    const answer = readAnswer(data) as LiveMessage;
    const followed = asked[answer.query];
    if (followed === undefined) return;
    if (this.#failures > 0 || this.#status !== 'open') {
      this.#failures = 0;
      this.#setStatus('open', true);
    }
    if (answer.status === 'error') {
      const error = new ApiError(answer.errorType, answer.error, 200);
      if (name === 'refused') this.#refuse(followed, error);
      else this.#set(followed, { ...followed.state, error });
    } else if (answer.step !== undefined) {
      const result = withSteps(followed, answer);
      followed.lastStepMs = result.endMs;
      this.#set(followed, { result, error: undefined, isRefused: false });
    }
  }

  #refuse(followed: Followed, error: ApiError): void {
    followed.lastStepMs = undefined;
    this.#set(followed, { result: undefined, error, isRefused: true });
  }

  #set(followed: Followed, state: LiveState): void {
    followed.state = state;
    this.#changed.add(followed);
    if (this.#changed.size === 1) this.#surroundings.later(TOGETHER_MS, () => this.#tell());
  }

  #tell(): void {
    const listeners = new Set<() => void>();
    for (const followed of this.#changed) {
      for (const listener of followed.listeners) listeners.add(listener);
    }
    this.#changed.clear();
    for (const listener of listeners) listener();
  }

  #setStatus(status: LiveStatus, isNews = false): void {
    if (status === this.#status && !isNews) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}

/** Equal for those that share what they get. */
export function keyOfQuestion(question: LiveQuestion): string {
  const { type, query, stepMs, phaseMs, rangeMs } = question;
  return [type, stepMs, phaseMs, rangeMs, query].join(' ');
}

function withSteps(
  { question, state }: Followed,
  answer: Extract<LiveMessage, { readonly status: 'success' }>,
): LiveResult {
  const { start = 0, end = 0, step = 0, data, warnings = [], infos = [] } = answer;
  const [freshMs = 0, endMs = 0, stepMs = 0] = [start, end, step].map((s) => Math.round(s * 1000));
  const startMs = endMs - Math.floor(question.rangeMs / stepMs) * stepMs;
  const common = { startMs, endMs, stepMs, warnings, infos };
  if (data.resultType !== 'matrix' || question.type === 'instant') return { ...common, data };
  const before = state.result?.data;
  const known = before?.resultType === 'matrix' ? before.result : [];
  const fresh = { startMs: freshMs, endMs, series: data.result };
  const result = mergeSteps(known, fresh, startMs);
  return { ...common, data: { resultType: 'matrix', result } };
}

function tooMany(): ApiError {
  return new ApiError('unavailable', `more than ${FOLLOWED_MAX} live queries on one page`, 0);
}
