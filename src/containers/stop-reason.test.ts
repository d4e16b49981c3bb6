import { describe, expect, it } from 'vitest';
import { formatBytes, signalNumber, stopReason } from './stop-reason.ts';
import type { StopCause, StopFacts, StopReason } from './stop-reason.ts';

const FACTS: StopFacts = {
  exitCode: 0,
  isOomKilled: false,
  memoryLimitBytes: 0,
  error: '',
  health: 'none',
  signals: [],
};

type Case = readonly [
  facts: Partial<StopFacts>,
  cause: StopCause,
  severity: StopReason['severity'],
  text: string,
];

const cases: readonly Case[] = [
  [{}, 'finished', 'info', 'finished (exit code 0)'],
  [{ signals: undefined }, 'finished', 'info', 'finished (exit code 0)'],
  [{ signals: [15] }, 'asked', 'info', 'ended when it was asked to (exit code 0)'],
  [{ exitCode: undefined }, 'unknown', 'warning', 'ended, nobody saw how'],
  [
    { exitCode: 1 },
    'application-error',
    'error',
    'ended with an error of the application (exit code 1)',
  ],
  [
    { exitCode: 1, signals: [15] },
    'asked',
    'warning',
    'ended when it was asked to, with an error (exit code 1)',
  ],
  [{ exitCode: 125 }, 'not-started', 'error', 'the engine could not run it (exit code 125)'],
  [{ exitCode: 126 }, 'not-started', 'error', 'its command cannot be executed (exit code 126)'],
  [{ exitCode: 127 }, 'not-started', 'error', 'its command was not found (exit code 127)'],
  [
    { exitCode: 127, error: 'exec: "nosuch": executable file not found in $PATH\nmore' },
    'not-started',
    'error',
    'not started by the engine: exec: "nosuch": executable file not found in $PATH',
  ],
  [{ exitCode: 255 }, 'application-error', 'error', 'or the engine itself ended meanwhile'],
  [
    { exitCode: 137, isOomKilled: true, memoryLimitBytes: 64 << 20 },
    'out-of-memory',
    'error',
    'killed by the kernel: out of memory (limit 64 MiB)',
  ],
  [
    { exitCode: 137, isOomKilled: true },
    'out-of-memory',
    'error',
    'out of memory (no limit of its own)',
  ],
  [
    { exitCode: 1, isOomKilled: true, memoryLimitBytes: 1 << 30 },
    'out-of-memory',
    'error',
    'ended with exit code 1 after the kernel had killed a process of it: out of memory (limit 1 GiB)',
  ],
  [
    { exitCode: 137, signals: [9] },
    'killed',
    'warning',
    'killed by `docker kill` or `docker rm -f` (SIGKILL, exit code 137)',
  ],
  [
    { exitCode: 137, signals: [15, 9] },
    'grace-period-over',
    'warning',
    'killed by `docker stop` after its grace period (SIGKILL, exit code 137): it did not end on SIGTERM',
  ],
  [{ exitCode: 137, signals: [3, 9] }, 'grace-period-over', 'warning', 'it did not end on SIGQUIT'],
  [{ exitCode: 137 }, 'killed', 'error', 'killed, but not through the engine'],
  [
    { exitCode: 137, signals: undefined },
    'killed',
    'warning',
    'by `docker kill`, `docker stop` after its grace period, or the kernel for memory',
  ],
  [
    { exitCode: 143, signals: [15] },
    'asked',
    'info',
    'ended by the signal that it was sent through the engine (SIGTERM, exit code 143)',
  ],
  [{ exitCode: 143, signals: undefined }, 'asked', 'info', 'as `docker stop` does (SIGTERM'],
  [{ exitCode: 143 }, 'signal', 'warning', 'asked to end, but not through the engine'],
  [{ exitCode: 130, signals: [2] }, 'asked', 'info', '(SIGINT, exit code 130)'],
  [{ exitCode: 139 }, 'crashed', 'error', 'crashed: segmentation fault (SIGSEGV, exit code 139)'],
  [{ exitCode: 134 }, 'crashed', 'error', 'it aborted itself'],
  [{ exitCode: 159 }, 'crashed', 'error', 'it made a system call that is forbidden to it'],
  [{ exitCode: 138 }, 'signal', 'error', 'ended by a signal (SIGUSR1, exit code 138)'],
  [{ exitCode: 168 }, 'signal', 'error', 'ended by a signal (signal 40, exit code 168)'],
  [{ exitCode: 200 }, 'application-error', 'error', '(exit code 200)'],
  [
    { exitCode: 143, signals: [15], health: 'unhealthy' },
    'asked',
    'warning',
    'exit code 143); its health check had failed before',
  ],
];

describe('why a container stopped', () => {
  it.each(cases)('%j: %s, %s, "%s"', (facts, cause, severity, text) => {
    const reason = stopReason({ ...FACTS, ...facts });
    expect(reason).toMatchObject({ cause, severity });
    expect(reason.text).toContain(text);
    expect([reason.text, `was ${reason.text}`]).toContain(reason.predicate);
  });

  it('keeps what an engine says short', () => {
    const { text } = stopReason({ ...FACTS, error: 'x'.repeat(10_000) });
    expect(text.length).toBeLessThan(400);
  });

  it.each([
    ['15', 15],
    ['SIGKILL', 9],
    ['term', 15],
    ['', undefined],
    ['SIGNONE', undefined],
    ['1000', undefined],
  ])('reads the signal %j as %j', (text, signal) => {
    expect(signalNumber(text)).toBe(signal);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [67_108_864, '64 MiB'],
    [67_000_000, '63.9 MiB'],
    [536_870_912_000, '500 GiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
