import type { Clock, Timer } from '#platform';

export interface RefreshOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Must not reject. Is told when nobody waits for it any more. */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
}

export interface Refresh {
  /** Does it now, or, while one is under way, once more after that. */
  now(): void;
  stop(): void;
}

/** Refreshes at once and then at an interval, one at a time. */
export function startRefresh({ clock, intervalMs, refresh }: RefreshOptions): Refresh {
  const aborter = new AbortController();
  let timer: Timer | undefined;
  let isRunning = false;
  let isAskedAgain = false;

  const run = async (): Promise<void> => {
    timer?.cancel();
    if (isRunning) {
      isAskedAgain = true;
      return;
    }
    isRunning = true;
    const startedMs = clock.nowMs();
    await refresh(aborter.signal);
    isRunning = false;
    if (aborter.signal.aborted) return;
    const waitMs = isAskedAgain ? 0 : startedMs + intervalMs - clock.nowMs();
    isAskedAgain = false;
    timer = clock.setTimer(Math.max(0, waitMs), () => void run());
  };

  void run();
  return {
    now: () => {
      if (!aborter.signal.aborted) void run();
    },
    stop: () => {
      aborter.abort();
      timer?.cancel();
    },
  };
}
