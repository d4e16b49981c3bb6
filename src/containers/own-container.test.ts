import { describe, expect, it } from 'vitest';
import { metricsAddresses } from './engine-targets.ts';
import { container, FakeContainers } from '../../test/fakes/containers.ts';
import { OwnContainer } from './own-container.ts';

const mine = '0123456789abcdef'.repeat(4);
const other = 'fedcba9876543210'.repeat(4);
const nothing = { mountInfo: '', cgroup: '', hostName: 'box' };

describe('our own container', () => {
  it.each([
    [
      'by what is mounted over its files',
      {
        mountInfo: `1 2 8:1 /var/lib/docker/containers/${mine}/hostname /etc/hostname rw - ext4 /dev/sda rw`,
      },
      mine,
    ],
    ['by its group', { cgroup: `5:memory:/docker/${mine}\n` }, mine],
    ['by its group under systemd', { cgroup: `0::/system.slice/docker-${mine}.scope\n` }, mine],
    ['by the host name', { hostName: mine.slice(0, 12) }, mine],
    [
      'not by mounts of others on the host',
      {
        mountInfo: `1 2 0:9 / /var/lib/docker/containers/${mine}/mounts/shm rw - tmpfs shm rw`,
      },
      undefined,
    ],
    [
      'not where the engine does not know it',
      { cgroup: `0::/docker/${'a'.repeat(64)}` },
      undefined,
    ],
    ['not on a host', {}, undefined],
  ])('is found %s', (_, traces, expected) => {
    const containers = new FakeContainers();
    for (const id of [other, mine]) containers.set(container(id));
    const own = new OwnContainer({ ...nothing, ...traces });
    expect(own.among(containers)).toBe(expected);
  });
});

describe("an engine's own metrics", () => {
  const unix = { engineAddress: 'unix:///run/docker.sock', publishingHost: '127.0.0.1' };
  const plain = { ...unix, gateway: undefined, daemonJson: undefined };

  it.each([
    [plain, ['127.0.0.1:9323']],
    [{ ...plain, daemonJson: '{"metrics-addr": "0.0.0.0:9999"}' }, ['127.0.0.1:9999']],
    [{ ...plain, daemonJson: 'not json' }, ['127.0.0.1:9323']],
    [
      { ...plain, publishingHost: 'host.docker.internal', gateway: '172.17.0.1' },
      ['host.docker.internal:9323', '172.17.0.1:9323'],
    ],
    [{ ...plain, engineAddress: 'tcp://box:2375' }, ['box:9323']],
  ])('of %j are looked for at %j', (from, expected) => {
    expect(metricsAddresses(from)).toEqual(expected);
  });
});
