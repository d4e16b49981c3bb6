import { expect, it } from 'vitest';
import { AllowedCalls, callPath } from './allowed-calls.ts';

it.each([
  ['/containers/json', '/containers/json'],
  ['/containers/0123abc/json', '/containers/{id}/json'],
  ['/containers/stack_web.2/stats', '/containers/{id}/stats'],
  ['/containers/a1/logs', '/containers/{id}/logs'],
  ['/events', '/events'],
])('%s is on the list as %s', (path, listed) => {
  expect(new AllowedCalls().admit(path).path).toBe(listed);
});

it.each([
  '/containers/{id}/json',
  '/containers/a/json/',
  '/containers/../json',
  '/containers/../info/json',
  '/containers/a%2f..%2f..%2fexec/json',
  '/containers/a?x/json',
  '/containers//json',
  '/containers/a/archive',
  '/containers/a/attach',
  '/containers/a/export',
  '/containers/a/top',
  '/containers/a/start',
  '/images/json',
  '/secrets',
  '/configs',
  '/build',
  '/v1.41/info',
  '/',
  '',
])('%j is not asked', (path) => {
  const calls = new AllowedCalls();
  expect(() => calls.admit(path)).toThrow('not on the list');
  expect(calls.counts().every((count) => count.calls === 0)).toBe(true);
});

it('a name or id cannot lead to another path', () => {
  const calls = new AllowedCalls();
  for (const id of ['', '..', '.', 'a/b', '$&', 'a/../../secrets?', 'a'.repeat(257)]) {
    expect(() => calls.admit(callPath('container', id))).toThrow('not on the list');
  }
});

it('calls and failures are counted by path', () => {
  const calls = new AllowedCalls();
  calls.admit('/containers/aa/json');
  const call = calls.admit('/containers/bb/json');
  calls.failed(call.path);
  const used = calls.counts().filter((count) => count.calls > 0);
  expect(used).toEqual([
    {
      method: 'GET',
      path: '/containers/{id}/json',
      purpose: 'inspect a container',
      calls: 2,
      failures: 1,
    },
  ]);
});
