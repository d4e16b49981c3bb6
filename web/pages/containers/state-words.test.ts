import { describe, expect, it } from 'vitest';
import {
  endReason,
  exitCodeWords,
  formatAge,
  sinceWords,
  stateSentence,
  stateWords,
} from './state-words.ts';
import { container } from './test-container.ts';

const HOUR_MS = 3_600_000;
const startedMs = Date.parse('2026-11-23T10:00:00Z');
const ended = { state: 'exited', finishedAt: '2026-11-23T10:30:00Z' } as const;

describe('the word for a state', () => {
  it.each([
    ['good', 'running', {}],
    ['good', 'running', { health: 'healthy' }],
    ['warn', 'starting', { health: 'starting' }],
    ['bad', 'unhealthy', { health: 'unhealthy' }],
    ['bad', 'restarting', { state: 'restarting' }],
    ['warn', 'paused', { state: 'paused', health: 'unhealthy' }],
    ['quiet', 'exited', { state: 'exited', exitCode: 0 }],
    ['quiet', 'exited', { state: 'exited', exitCode: 143 }],
    ['bad', 'exited', { state: 'exited', exitCode: 1 }],
    ['bad', 'exited', { state: 'exited', exitCode: 0, oomKilled: true }],
    ['quiet', 'removed', { state: 'removed', exitCode: 137 }],
    ['quiet', 'created', { state: 'created' }],
  ] as const)('is %s %s for %j', (tone, word, change) => {
    expect(stateWords(container(change))).toEqual({ tone, word });
  });
});

describe('ages', () => {
  it.each([
    [-5000, '0s'],
    [0, '0s'],
    [42_900, '42s'],
    [60_000, '1min'],
    [185_000, '3min'],
    [2 * HOUR_MS + 300_000, '2h 5min'],
    [3 * 24 * HOUR_MS, '3d'],
    [3 * 24 * HOUR_MS + 4 * HOUR_MS + 59_000, '3d 4h'],
  ])('of %i ms are %s', (ageMs, text) => {
    expect(formatAge(ageMs)).toBe(text);
  });

  it.each([
    ['2h 5min', {}],
    ['1h 35min ago', ended],
    ['2h 5min ago', { state: 'created' }],
    ['', { startedAt: '' }],
    ['', { startedAt: '0001-01-01T00:00:00Z' }],
  ] as const)('are since when it is as it is: %j for %j', (text, change) => {
    expect(sinceWords(container(change), startedMs + 2 * HOUR_MS + 300_000)).toBe(text);
  });
});

describe('the sentence about a state', () => {
  it.each([
    ['Running for 1h.', {}],
    ['Running for 1h, healthy.', { health: 'healthy' }],
    ['Running for 1h, but its health check fails.', { health: 'unhealthy' }],
    ['Exited 30min ago.', { ...ended, stopReason: 'killed' }],
    ['Restarting; last started 1h ago.', { state: 'restarting' }],
    ['Removed 30min ago.', { ...ended, state: 'removed' }],
  ] as const)('%s', (sentence, change) => {
    expect(stateSentence(container(change), startedMs + HOUR_MS)).toBe(sentence);
  });
});

describe('why it ended', () => {
  it.each([
    ['out of memory', { stopReason: 'out of memory.', exitCode: 137 }],
    ['by “docker kill”', { stopReason: 'by `docker kill`', exitCode: 137 }],
    ['it finished without an error', { state: 'exited', exitCode: 0 }],
    ['exit code 139 (SIGSEGV)', { state: 'exited', exitCode: 139 }],
    ['', { exitCode: null }],
    ['', { state: 'created', exitCode: 0 }],
  ] as const)('is %j for %j', (reason, change) => {
    expect(endReason(container(change))).toBe(reason);
  });

  it.each([
    [0, '0 (no error)'],
    [1, '1'],
    [127, '127 (the command was not found)'],
    [137, '137 (SIGKILL)'],
    [255, '255'],
  ])('exit code %i reads %s', (code, words) => {
    expect(exitCodeWords(code)).toBe(words);
  });
});
