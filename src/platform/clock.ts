/** A pending call; cancelling it twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from. Parts receive it, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the epoch, whole. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back, with fractions; only differences mean something. */
  monotonicMs(): number;
  /** Calls `fn` once after `delayMs` milliseconds or more; 0 and less: as soon as possible. */
  setTimer(delayMs: number, fn: () => void): Timer;
}

/** What Node's timers take at most, about 24.8 days; longer waits are made of several. */
const TIMER_DELAY_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: startTimer,
};

function startTimer(delayMs: number, fn: () => void): Timer {
  let restMs = Math.max(0, delayMs);
  let handle: NodeJS.Timeout;
  const arm = (): void => {
    const waitMs = Math.min(restMs, TIMER_DELAY_MS_MAX);
    restMs -= waitMs;
    handle = setTimeout(restMs > 0 ? arm : fn, waitMs);
  };
  arm();
  return { cancel: () => clearTimeout(handle) };
}
