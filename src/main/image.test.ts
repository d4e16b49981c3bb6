import { describe, expect, it } from 'vitest';
import { imageArguments, imageUser } from './image.ts';
import type { SocketAccess } from './image.ts';

const nothing = (): boolean => false;
const all = (): boolean => true;

function socket(mode: number, groupId = 998): SocketAccess {
  return { path: '/s', groupId, mode: 0o140_000 | mode };
}

describe('the command line of the image', () => {
  it('has a data directory', () => {
    expect(imageArguments([], nothing)).toEqual(['--storage.tsdb.path=/data']);
  });

  it('names what is mounted', () => {
    expect(imageArguments(['--log.level=debug'], all)).toEqual([
      '--log.level=debug',
      '--config.file=/etc/narthex/prometheus.yml',
      '--storage.tsdb.path=/data',
      '--host.procfs=/host/proc',
      '--host.sysfs=/host/sys',
      '--host.rootfs=/rootfs',
    ]);
  });

  it('leaves what is given', () => {
    const given = ['--config.file', '/x', '--storage.tsdb.path=/y', '--host.procfs=/proc'];
    expect(imageArguments(given, all)).toEqual([
      ...given,
      '--host.sysfs=/host/sys',
      '--host.rootfs=/rootfs',
    ]);
  });

  it.each([[['query', 'instant', 'http://h', 'up']], [['tsdb', 'list', '/data']]])(
    'of a command stays: %j',
    (args) => expect(imageArguments(args, all)).toEqual(args),
  );
});

describe('the user of the image', () => {
  it.each([
    ['', [], { id: 65_532, groups: [] }],
    ['', [socket(0o660), socket(0o660)], { id: 65_532, groups: [998] }],
    ['', [socket(0o666, 0)], { id: 65_532, groups: [0] }],
    ['', [socket(0o600)], { root: 'the group of /s may not use it' }],
    ['', [socket(0o640)], { root: 'the group of /s may not use it' }],
    ['1000', [socket(0o600, 1)], { id: 1000, groups: [1] }],
    ['0', [], { root: 'NARTHEX_USER is 0' }],
    ['me', [], { root: 'NARTHEX_USER is no number: "me"' }],
  ])('%j with %j is %j', (wanted, sockets, expected) => {
    expect(imageUser(wanted, sockets)).toEqual(expected);
  });
});
