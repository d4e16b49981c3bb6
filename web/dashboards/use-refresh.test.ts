import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refreshEvery } from './use-refresh.ts';

describe('asking again by itself', () => {
  let isBusy = false;
  let isHidden = false;
  let stop: (() => void) | undefined;
  const refreshNow = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
    isBusy = false;
    isHidden = false;
    refreshNow.mockClear();
    stop = refreshEvery(5000, refreshNow, () => isBusy);
  });
  afterEach(() => {
    stop?.();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('happens each time the interval is over', () => {
    vi.advanceTimersByTime(4999);
    expect(refreshNow).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(10_001);
    expect(refreshNow).toHaveBeenCalledTimes(3);
  });

  it('waits for what was asked before, then happens at once', () => {
    isBusy = true;
    vi.advanceTimersByTime(12_000);
    expect(refreshNow).toHaveBeenCalledTimes(0);
    isBusy = false;
    vi.advanceTimersByTime(100);
    expect(refreshNow).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(4900);
    expect(refreshNow).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100);
    expect(refreshNow).toHaveBeenCalledTimes(2);
  });

  it('does not wait for ever', () => {
    isBusy = true;
    vi.advanceTimersByTime(5000 + 150_000);
    expect(refreshNow).toHaveBeenCalledTimes(1);
  });

  it('rests while nobody sees the tab, and catches up', () => {
    isHidden = true;
    vi.advanceTimersByTime(60_000);
    expect(refreshNow).toHaveBeenCalledTimes(0);
    isHidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(refreshNow).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5000);
    expect(refreshNow).toHaveBeenCalledTimes(2);
  });

  it('goes on when the tab was out of sight for a moment', () => {
    isHidden = true;
    vi.advanceTimersByTime(1000);
    isHidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(4000);
    expect(refreshNow).toHaveBeenCalledTimes(1);
  });

  it('ends when it is stopped', () => {
    stop?.();
    document.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(60_000);
    expect(refreshNow).toHaveBeenCalledTimes(0);
  });
});
