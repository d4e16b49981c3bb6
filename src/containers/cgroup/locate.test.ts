import { describe, expect, it } from 'vitest';
import { directoryOf, locateCgroup } from './locate.ts';
import type { CgroupLocation, LocateInput } from './locate.ts';
import { parseMounts, probeMounts } from './mounts.ts';

const ID = '3c'.repeat(32);
const V2_LINE = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';

const HYBRID = `
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:3 - cgroup cgroup rw,memory
38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/lib/systemd/agent,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
42 31 0:32 / /host/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
`;

function locate(
  mountinfo: string,
  there: readonly string[],
  more: Partial<LocateInput> & { readonly below?: string },
): CgroupLocation | undefined {
  return locateCgroup({
    id: ID,
    cgroupParent: '',
    procCgroup: undefined,
    mounts: parseMounts(mountinfo, more.below ?? '/sys/fs/cgroup'),
    exists: (path) => there.includes(path),
    ...more,
  });
}

function probed(...there: string[]): string[] {
  const mounts = probeMounts('/c', (path) => there.includes(path));
  return mounts.map(({ version, path }) => `${version} ${path}`);
}

describe('parseMounts', () => {
  it('tells each hierarchy once, with its controllers', () => {
    const mounts = parseMounts(HYBRID, '/sys/fs/cgroup');
    expect(mounts.map(({ version, controllers, path }) => [version, controllers, path])).toEqual([
      [1, ['cpu', 'cpuacct'], '/sys/fs/cgroup/cpu,cpuacct'],
      [1, ['memory'], '/sys/fs/cgroup/memory'],
      [1, ['blkio'], '/sys/fs/cgroup/blkio'],
      [1, ['name=systemd'], '/sys/fs/cgroup/systemd'],
      [2, [], '/sys/fs/cgroup/unified'],
    ]);
    expect(parseMounts(HYBRID, '/host/sys/fs/cgroup')).toHaveLength(1);
    expect(parseMounts(HYBRID, '/sys/fs/cg')).toEqual([]);
  });

  it('reads the blanks of paths', () => {
    const [mount] = parseMounts(V2_LINE.replace('/sys/fs', String.raw`/my\040sys/fs`), '/my sys');
    expect(mount?.path).toBe('/my sys/fs/cgroup');
  });
});

describe('probeMounts', () => {
  it('knows the hierarchies by what stands in them', () => {
    expect(probed('/c/cgroup.controllers')).toEqual(['2 /c']);
    expect(probed('/c/memory', '/c/cpu', '/c/unified/cgroup.controllers')).toEqual([
      '1 /c/cpu',
      '1 /c/memory',
      '2 /c/unified',
    ]);
    expect(probed()).toEqual([]);
  });
});

describe('directoryOf', () => {
  const cases: [root: string, group: string, directory: string | undefined][] = [
    ['/', '/docker/x', '/m/docker/x'],
    ['/', '/', '/m'],
    // Our own group is the top of what is mounted for us, as in a container of its own namespace.
    ['/docker/self', '/docker/self/docker/x', '/m/docker/x'],
    ['/docker/self', '/docker/x', undefined],
    // The host's hierarchy, mounted into a container whose namespace begins two groups further down.
    ['/../..', '/../../docker/x', '/m/docker/x'],
    ['/../..', '/../../system.slice/docker-x.scope', '/m/system.slice/docker-x.scope'],
    ['/../..', '/../x', undefined],
    ['/', '/../x', undefined],
  ];
  it.each(cases)('below %s the group %s is at %s', (root, group, directory) => {
    expect(directoryOf({ version: 2, controllers: [], root, path: '/m' }, group)).toBe(directory);
  });
});

describe('locateCgroup', () => {
  it('goes by what the process says: version 2, driver systemd', () => {
    const group = `/system.slice/docker-${ID}.scope`;
    const directory = `/sys/fs/cgroup${group}`;
    expect(locate(V2_LINE, [directory], { procCgroup: `0::${group}\n` })).toEqual({
      v1: new Map(),
      unified: directory,
      path: group,
      isPidKnown: true,
    });
  });

  it('takes from each hierarchy what it has: version 1 and 2 at once', () => {
    const group = `/docker/${ID}`;
    const procCgroup = `9:name=systemd:${group}\n4:memory:${group}\n2:cpu,cpuacct:${group}\n0::${group}\n`;
    const there = ['cpu,cpuacct', 'memory', 'unified'].map((d) => `/sys/fs/cgroup/${d}${group}`);
    const found = locate(HYBRID, there, { procCgroup });
    expect([...(found?.v1 ?? [])]).toEqual([
      ['cpu', `/sys/fs/cgroup/cpu,cpuacct${group}`],
      ['cpuacct', `/sys/fs/cgroup/cpu,cpuacct${group}`],
      ['memory', `/sys/fs/cgroup/memory${group}`],
    ]);
    expect(found?.unified).toBe(`/sys/fs/cgroup/unified${group}`);
  });

  it('does not take the group above for one that the container has not', () => {
    const group = `/docker/${ID}`;
    const found = locate(HYBRID, ['/sys/fs/cgroup/blkio/', `/sys/fs/cgroup/memory${group}`], {
      procCgroup: `7:blkio:/\n4:memory:${group}\n`,
    });
    expect([...(found?.v1.keys() ?? [])]).toEqual(['memory']);
  });

  it('sees the host from within a container that has namespaces of its own', () => {
    const mountinfo = `
900 800 0:30 / /sys/fs/cgroup ro,relatime - cgroup2 cgroup rw
901 800 0:30 /../.. /host/sys/fs/cgroup ro,relatime - cgroup2 cgroup rw`;
    const below = '/host/sys/fs/cgroup';
    const directory = `${below}/docker/${ID}`;
    expect(
      locate(mountinfo, [directory], { below, procCgroup: `0::/../../docker/${ID}\n` }),
    ).toMatchObject({ unified: directory, isPidKnown: true });
    // Without the host's processes its number is that of another, or of none.
    expect(locate(mountinfo, [directory], { below, procCgroup: '0::/\n' })).toMatchObject({
      unified: directory,
      isPidKnown: false,
    });
  });

  const usual: [cgroupParent: string, group: string][] = [
    ['', `/docker/${ID}`],
    ['', `/system.slice/docker-${ID}.scope`],
    ['', `/machine.slice/libpod-${ID}.scope`],
    ['/apps/web', `/apps/web/${ID}`],
    ['apps-web.slice', `/apps.slice/apps-web.slice/docker-${ID}.scope`],
    ['/../../etc', `/etc/${ID}`],
  ];
  it.each(usual)('looks where engines put groups: parent "%s", %s', (cgroupParent, group) => {
    const directory = `/sys/fs/cgroup${group}`;
    expect(locate(V2_LINE, [directory], { cgroupParent })?.unified).toBe(directory);
  });

  it('finds nothing where there is nothing', () => {
    expect(locate(V2_LINE, [], { procCgroup: `0::/docker/${ID}\n` })).toBeUndefined();
    expect(locate('', [], {})).toBeUndefined();
  });
});
