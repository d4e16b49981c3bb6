import { expect, test } from 'vitest';
import { renameOf } from './metric-renames.ts';

const HERE = new Set([
  'engine_daemon_container_actions_seconds_count',
  'engine_daemon_container_states_containers',
  'engine_daemon_engine_cpus_cpus',
  'engine_daemon_engine_memory_bytes',
]);

test.each([
  ['engine_daemon_engine_cpus', 'engine_daemon_engine_cpus_cpus'],
  ['engine_daemon_engine_memory', 'engine_daemon_engine_memory_bytes'],
  ['engine_daemon_container_states', 'engine_daemon_container_states_containers'],
  ['engine_daemon_container_actions', 'engine_daemon_container_actions_seconds_count'],
  ['engine_daemon_container_actions_total', 'engine_daemon_container_actions_seconds_count'],
  ['engine_daemon_image_actions_total', undefined],
  ['engine_daemon_engine_cpus_cpus', undefined],
])('%s of the engine is %s', (name, expected) => {
  expect(renameOf(name, HERE)?.name).toBe(expected);
});
