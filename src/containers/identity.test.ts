import { describe, expect, it } from 'vitest';
import { identityOf } from './identity.ts';

function compose(number: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    'com.docker.compose.project': 'gallery',
    'com.docker.compose.service': 'accesslog',
    'com.docker.compose.container-number': number,
    ...more,
  };
}

function swarm(task: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    'com.docker.swarm.service.name': 'shop_web',
    'com.docker.swarm.task.name': task,
    'com.docker.swarm.node.id': 'k8lcz0v9ej5u',
    ...more,
  };
}

const pod = {
  'io.kubernetes.pod.namespace': 'default',
  'io.kubernetes.pod.name': 'web-6d4cf56db6-x2x8p',
};
const stack = { 'com.docker.stack.namespace': 'shop' };
const hash = 'f0e1d2c3b4a5';

const cases: [string, Record<string, string>, string, string][] = [
  ['a name', {}, 'redis', 'redis name'],
  [
    'Compose 2',
    compose('2'),
    'gallery-accesslog-2',
    'gallery-accesslog-2 compose gallery accesslog 2',
  ],
  [
    'Compose 1',
    compose('2'),
    'gallery_accesslog_2',
    'gallery-accesslog-2 compose gallery accesslog 2',
  ],
  [
    'Compose 1.23',
    compose('1'),
    `gallery_accesslog_1_${hash}`,
    'gallery-accesslog-1 compose gallery accesslog 1',
  ],
  [
    'one that replaces',
    compose('1'),
    `${hash}_gallery-accesslog-1`,
    'gallery-accesslog-1 compose gallery accesslog 1',
  ],
  ['container_name', compose('1'), 'log', 'log compose gallery accesslog 1'],
  [
    'a container_name that replaces',
    compose('1'),
    `${hash}_log`,
    'log compose gallery accesslog 1',
  ],
  [
    'compose run',
    compose('1', { 'com.docker.compose.oneoff': 'True' }),
    'gallery-accesslog-run-a1b2',
    'gallery-accesslog-run compose gallery accesslog',
  ],
  [
    'not one-off',
    compose('1', { 'com.docker.compose.oneoff': 'False' }),
    'gallery-accesslog-1',
    'gallery-accesslog-1 compose gallery accesslog 1',
  ],
  [
    'a service without a number',
    compose('x'),
    'gallery-accesslog',
    'gallery-accesslog compose gallery accesslog',
  ],
  ['a project alone', { 'com.docker.compose.project': 'gallery' }, 'tool', 'tool name'],
  [
    'a slot of Swarm',
    swarm('shop_web.2.p9x', stack),
    'shop_web.2.p9x',
    'shop_web.2 swarm shop shop_web 2',
  ],
  ['a service without a stack', swarm('shop_web.12.p9x'), 'any', 'shop_web.12 swarm  shop_web 12'],
  [
    'a node of Swarm',
    swarm('shop_web.k8lcz0v9ej5u.p9x', stack),
    'any',
    'shop_web.k8lcz0v9ej5u swarm shop shop_web',
  ],
  ['a task of another shape', swarm('odd'), 'any', 'shop_web.k8lcz0v9ej5u swarm  shop_web'],
  [
    'a container of a pod',
    { ...pod, 'io.kubernetes.container.name': 'app' },
    'k8s_app_web_default_u_3',
    'default_web-6d4cf56db6-x2x8p_app kubernetes default web-6d4cf56db6-x2x8p',
  ],
  [
    'the sandbox of a pod',
    { ...pod, 'io.kubernetes.docker.type': 'podsandbox' },
    'k8s_POD',
    'default_web-6d4cf56db6-x2x8p_POD kubernetes default web-6d4cf56db6-x2x8p',
  ],
  [
    'empty labels',
    { 'com.docker.compose.project': '', 'com.docker.compose.service': '' },
    'x',
    'x name',
  ],
];

describe('the identity of a container', () => {
  it.each(cases)('is found for %s', (_title, labels, containerName, expected) => {
    const { name, kind, group, service, number } = identityOf(labels, containerName);
    expect([name, kind, group, service, number || ''].join(' ').trimEnd()).toBe(expected);
  });

  it('is cut where it is very long', () => {
    expect(identityOf({}, 'x'.repeat(5000)).name).toHaveLength(200);
  });
});
