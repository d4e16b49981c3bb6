import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseFamilies } from '#exposition';
import { createLog } from '#platform';
import { FakeClock, settle } from '../../test/fakes/clock.ts';
import { FakeHostFiles, readRecordedTree, type RecordedTree } from '../../test/fakes/host-files.ts';
import { chooseCollectors } from './choose-collectors.ts';
import { COLLECTORS } from './collector-list.ts';
import { createHostPage } from './host-page.ts';
import type { HostPage } from './host-page.ts';
import type { FileSystemUse } from './host-files.ts';

const EXPECTED = fileURLToPath(new URL('../../test/fixtures/host/server.prom', import.meta.url));

interface Scene {
  readonly files: FakeHostFiles;
  readonly clock: FakeClock;
  readonly page: HostPage;
  readonly logged: string[];
}

interface Place {
  readonly procPath?: string;
  readonly tree?: RecordedTree;
}

function scene(
  collectors = '',
  textfileDirectories: readonly string[] = [],
  { procPath = '/proc/', tree = readRecordedTree('server') }: Place = {},
): Scene {
  const files = new FakeHostFiles(tree);
  const clock = new FakeClock();
  const logged: string[] = [];
  const page = createHostPage({
    procPath,
    sysPath: '/sys',
    rootPath: '/root',
    collectors,
    textfileDirectories,
    files,
    facts: {
      name: { system: 'Linux', release: '6.1', version: '#1', machine: 'x86_64', host: 'box' },
      timeZone: () => ({ name: 'CET', offsetSeconds: 3600 }),
      pageBytes: 4096,
      architecture: 'amd64',
    },
    clock,
    log: createLog({ level: 'debug', format: 'logfmt', write: (line) => logged.push(line) }),
    version: '1.2.3',
  });
  return { files, clock, page, logged };
}

/** The lines of samples of a page, whose names begin so. */
function samples(page: string, prefix: string): string[] {
  return page.split('\n').filter((line) => line.startsWith(prefix));
}

/** All collectors by name, those that are off, too. */
const ALL = COLLECTORS.map(({ name }) => `+${name}`).join(',');

describe('the page of a recorded server', () => {
  // test/system/host-metrics.test.ts compares the same tree with what node_exporter says of it.
  it('is what is written down for it', async () => {
    const { page } = scene(ALL);
    expect(await page.write()).toBe(readFileSync(EXPECTED, 'utf8'));
  });

  it('is in the text format, each family once and no series twice', async () => {
    const { page } = scene(ALL);
    const text = await page.write();
    expect(parseFamilies(Buffer.from(text)).error).toBeUndefined();
    const types = samples(text, '# TYPE ').map((line) => line.split(' ')[2]);
    expect(new Set(types).size).toBe(types.length);
    const series = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(series.filter((one, i) => series.indexOf(one) !== i)).toEqual([]);
  });

  it('says of each collector that it succeeded', async () => {
    const { page } = scene(ALL);
    const results = samples(await page.write(), 'node_scrape_collector_success');
    expect(results.filter((line) => !line.endsWith(' 1'))).toEqual([]);
    expect(results).toHaveLength(COLLECTORS.length);
  });

  it('reads nothing before it is asked', () => {
    const { files } = scene();
    expect(files.reads).toEqual([]);
  });

  it('reads a file that two collectors need once', async () => {
    const { files, page } = scene('cpu,stat');
    await page.write();
    await page.write();
    expect(files.reads.filter((path) => path === '/proc/stat')).toHaveLength(2);
  });
});

describe('a collector that fails', () => {
  it('fails alone, and is logged once', async () => {
    const { files, page, logged } = scene('loadavg,meminfo');
    files.tree.set('/proc/loadavg', '! EIO');
    await page.write();
    const text = await page.write();
    expect(samples(text, 'node_load')).toEqual([]);
    expect(samples(text, 'node_memory_MemTotal')).toHaveLength(1);
    expect(samples(text, 'node_scrape_collector_success')).toEqual([
      'node_scrape_collector_success{collector="loadavg"} 0',
      'node_scrape_collector_success{collector="meminfo"} 1',
    ]);
    expect(logged.filter((line) => line.includes('level=WARN'))).toHaveLength(1);
  });

  it('is no warning where the machine has nothing of the kind', async () => {
    const { files, page, logged } = scene('mdadm');
    files.tree.delete('/proc/mdstat');
    const text = await page.write();
    expect(samples(text, 'node_scrape_collector_success')).toEqual([
      'node_scrape_collector_success{collector="mdadm"} 0',
    ]);
    expect(logged.filter((line) => line.includes('level=WARN'))).toEqual([]);
  });

  it('does not hold up the page for longer than its limit, and is asked again when it has answered', async () => {
    const { files, clock, page } = scene('thermal_zone,loadavg');
    const read = files.readAttributeLater.bind(files);
    let answer: ((text: string) => void) | undefined;
    files.readAttributeLater = () => new Promise((resolve) => (answer = resolve));
    const first = page.write();
    await settle();
    await clock.advance(3000);
    expect(samples(await first, 'node_load1 ')).toHaveLength(1);
    expect(samples(await first, 'node_scrape_collector_success{collector="thermal')).toEqual([
      'node_scrape_collector_success{collector="thermal_zone"} 0',
    ]);
    files.readAttributeLater = read;
    expect(samples(await page.write(), 'node_cooling_device_cur_state')).toEqual([]);
    answer?.('late');
    await settle();
    expect(samples(await page.write(), 'node_cooling_device_cur_state')).toHaveLength(1);
  });
});

describe('processors', () => {
  it('do not go back by a tick, but begin anew after they were unplugged', async () => {
    const { files, page } = scene('cpu');
    const line = (user: number, idle: number): void => {
      files.tree.set('/proc/stat', `cpu 0 0\ncpu0 ${user} 0 0 ${idle} 0 0 0 0 0 0\nintr 1\n`);
    };
    const user = async (): Promise<string | undefined> =>
      samples(await page.write(), 'node_cpu_seconds_total{cpu="0",mode="user"}')[0]?.split(' ')[1];
    line(1000, 5000);
    expect(await user()).toBe('10');
    line(999, 5100);
    expect(await user()).toBe('10');
    line(20, 4000);
    expect(await user()).toBe('0.2');
  });

  it('are those that the kernel lists: one that is off is not there', async () => {
    const { files, page } = scene('cpu,softnet');
    files.tree.set('/proc/stat', 'cpu 0\ncpu0 1 1 1 1\ncpu3 1 1 1 1\nintr 1\n');
    files.tree.set('/proc/1/net/softnet_stat', '01 00 00 00 00 00 00 00 00 00 00 00 03 00 00\n');
    const text = await page.write();
    expect(samples(text, 'node_cpu_seconds_total').map((one) => one.slice(22, 31))).toContain(
      '{cpu="3",',
    );
    expect(samples(text, 'node_softnet_processed_total')).toEqual([
      'node_softnet_processed_total{cpu="3"} 1',
    ]);
  });
});

describe('network devices', () => {
  it('are read anew where their link changes, and else once a minute', async () => {
    const { files, clock, page } = scene('netclass');
    const set = (file: string, value: string): void => {
      files.tree.set(`/sys/class/net/bond0/${file}`, value);
    };
    const mtu = async (): Promise<string[]> =>
      samples(await page.write(), 'node_network_mtu_bytes');
    expect(await mtu()).toEqual(['node_network_mtu_bytes{device="bond0"} 1500']);
    set('mtu', '9000');
    expect(await mtu()).toEqual(['node_network_mtu_bytes{device="bond0"} 1500']);
    await clock.advance(60_000);
    expect(await mtu()).toEqual(['node_network_mtu_bytes{device="bond0"} 9000']);
    set('mtu', '1400');
    set('carrier_changes', '3');
    expect(await mtu()).toEqual(['node_network_mtu_bytes{device="bond0"} 1400']);
  });

  it.each([
    ['/proc', 'own'],
    ['/host/proc', 'bond0'],
  ])('are those of the machine with its files at %s', async (procPath, device) => {
    const tree = readRecordedTree('server');
    const dev = tree.get('/proc/1/net/dev') ?? '';
    for (const top of ['', '/host']) {
      tree.set(`${top}/proc/net`, '-> self/net');
      tree.set(`${top}/proc/self/net/dev`, dev.replace('bond0', 'own'));
      tree.set(`${top}/proc/1/net/dev`, dev);
    }
    const { page } = scene('netdev', [], { procPath, tree });
    const found = samples(await page.write(), 'node_network_receive_bytes_total{device="');
    expect(found.at(-1)).toContain(`{device="${device}"}`);
  });

  it('are forgotten when they go', async () => {
    const { files, page } = scene('netclass');
    await page.write();
    for (const path of files.tree.keys()) {
      if (path.startsWith('/sys/class/net/bond0/')) files.tree.delete(path);
    }
    expect(samples(await page.write(), 'node_network_')).toEqual([]);
  });
});

describe('file systems', () => {
  const use: FileSystemUse = {
    blockBytes: 1024,
    blocks: 10,
    blocksFree: 5,
    blocksAvailable: 4,
    files: 3,
    filesFree: 2,
  };

  it('that hang are marked, and asked again only after they have answered', async () => {
    const { files, clock, page } = scene('filesystem');
    let asked = 0;
    let answer: ((value: FileSystemUse) => void) | undefined;
    files.answers.set('/root/srv/my files', () => {
      asked++;
      return new Promise((resolve) => (answer = resolve));
    });
    const write = async (): Promise<string> => {
      const text = page.write();
      await settle();
      await clock.advance(2000);
      return await text;
    };
    for (let i = 0; i < 3; i++) {
      const text = await write();
      expect(samples(text, 'node_filesystem_device_error{device="nas')).toEqual([
        'node_filesystem_device_error{device="nas:/export",device_error="timeout",fstype="nfs4",mountpoint="/srv/my files"} 1',
      ]);
      expect(samples(text, 'node_filesystem_size_bytes')).toHaveLength(3);
    }
    expect(asked).toBe(1);
    answer?.(use);
    await settle();
    const again = page.write();
    await settle();
    answer?.(use);
    expect(samples(await again, 'node_filesystem_size_bytes{device="nas')).toEqual([
      'node_filesystem_size_bytes{device="nas:/export",fstype="nfs4",mountpoint="/srv/my files"} 10240',
    ]);
    expect(asked).toBe(2);
  });

  it('that hang take two threads at most, and none from local ones', async () => {
    const { files, clock, page } = scene('filesystem');
    const mounts = ['a', 'b', 'c', 'd'].map((name) => `nas:/${name} /mnt/${name} nfs4 rw 0 0\n`);
    files.tree.set('/proc/1/mounts', `${mounts.join('')}/dev/sda1 / ext4 rw 0 0\n`);
    let asked = 0;
    for (const name of ['a', 'b', 'c', 'd']) {
      files.answers.set(`/root/mnt/${name}`, () => {
        asked++;
        return new Promise(() => {});
      });
    }
    for (let i = 0; i < 2; i++) {
      const text = page.write();
      await settle();
      await clock.advance(2000);
      expect(samples(await text, 'node_filesystem_size_bytes')).toHaveLength(1);
    }
    expect(asked).toBe(2);
  });

  it('below one that may hang are asked like it', async () => {
    const { files, clock, page } = scene('filesystem');
    files.tree.set('/proc/1/mounts', 'nas:/a /mnt nfs rw 0 0\n/dev/sdb /mnt/b ext4 rw 0 0\n');
    files.answers.set('/root/mnt', () => new Promise(() => {}));
    files.answers.set('/root/mnt/b', () => new Promise(() => {}));
    const text = page.write();
    await settle();
    await clock.advance(2000);
    expect(samples(await text, 'node_filesystem_device_error')).toHaveLength(2);
    expect(samples(await text, 'node_filesystem_size_bytes')).toEqual([]);
  });

  it('of the machine are known in the mount table of a container', async () => {
    const { files, page } = scene('filesystem');
    files.tree.set('/proc/1/mounts', '/dev/a /root ext4 rw 0 0\n/dev/b /root/data xfs rw 0 0\n');
    const asked: string[] = [];
    for (const path of ['/root/', '/root/data']) {
      files.answers.set(path, () => Promise.resolve(use).finally(() => asked.push(path)));
    }
    expect(samples(await page.write(), 'node_filesystem_files{')).toEqual([
      'node_filesystem_files{device="/dev/a",fstype="ext4",mountpoint="/"} 3',
      'node_filesystem_files{device="/dev/b",fstype="xfs",mountpoint="/data"} 3',
    ]);
    expect(asked).toEqual(['/root/', '/root/data']);
  });

  it('that refuse say why', async () => {
    const { files, page } = scene('filesystem');
    files.tree.set('/proc/1/mounts', '/dev/sdb /b ext4 rw 0 0\n');
    files.answers.set('/root/b', () =>
      Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
    );
    expect(samples(await page.write(), 'node_filesystem_device_error')).toEqual([
      'node_filesystem_device_error{device="/dev/sdb",device_error="EACCES",fstype="ext4",mountpoint="/b"} 1',
    ]);
  });
});

describe('text files', () => {
  const cases: [what: string, file: string, expected: string[]][] = [
    ['a family', '# TYPE a gauge\na{b="c"} 1\n', ['a{b="c"} 1', 'node_textfile_scrape_error 0']],
    ['no text format', 'a{b="c} 1\n', ['node_textfile_scrape_error 1']],
    ['timestamps', 'a 1 1700000000000\n', ['node_textfile_scrape_error 1']],
    ['a family of ours', 'node_load1 5\n', ['node_textfile_scrape_error 1']],
    ['a series twice', 'a 1\na 2\n', ['a 1', 'node_textfile_scrape_error 1']],
    ['an empty one', '', ['node_textfile_scrape_error 0']],
    ['too much', `# ${'x'.repeat(2 ** 22)}\n`, ['node_textfile_scrape_error 1']],
  ];
  it.each(cases)('with %s', async (_, file, expected) => {
    const { files, page } = scene('loadavg,textfile', ['/texts']);
    files.tree.set('/texts/one.prom', file);
    files.tree.set('/texts/other.txt', 'ignored 1\n');
    const text = await page.write();
    const found = [...samples(text, 'a'), ...samples(text, 'node_textfile_scrape_error')];
    expect(found).toEqual(expected);
    expect(samples(text, 'ignored')).toEqual([]);
  });

  it('of several directories share a family, whose first file says what it is', async () => {
    const { files, page, logged } = scene('textfile', ['/texts/*', '/none']);
    files.tree.set('/texts/a/one.prom', '# HELP a First.\n# TYPE a counter\na{x="1"} 1\n');
    files.tree.set('/texts/b/two.prom', '# HELP a Second.\n# TYPE a counter\na{x="2"} 2\n');
    files.tree.set('/texts/c/three.prom', '# TYPE a gauge\na{x="3"} 3\n');
    const text = await page.write();
    await page.write();
    expect(text).toContain('# HELP a First.\n# TYPE a counter\na{x="1"} 1\na{x="2"} 2\n');
    expect(text).not.toContain('x="3"');
    expect(samples(text, 'node_textfile')).toEqual([
      'node_textfile_mtime_seconds{file="/texts/a/one.prom"} 1700000000',
      'node_textfile_mtime_seconds{file="/texts/b/two.prom"} 1700000000',
      'node_textfile_mtime_seconds{file="/texts/c/three.prom"} 1700000000',
      'node_textfile_scrape_error 1',
    ]);
    expect(logged.filter((line) => line.includes('level=WARN'))).toHaveLength(2);
  });
});

describe('chooseCollectors', () => {
  const defaults = COLLECTORS.filter(({ isDefault }) => isDefault).map(({ name }) => name);

  const cases: [text: string, expected: string[]][] = [
    ['', defaults],
    ['meminfo, cpu', ['cpu', 'meminfo']],
    ['-cpu', defaults.filter((name) => name !== 'cpu')],
    ['cpu,meminfo,-cpu', ['meminfo']],
    ['cpu,+processes', ['cpu', 'processes']],
  ];
  it.each(cases)('reads %j', (text, expected) => {
    expect(namesOf(text)).toEqual(expected);
  });

  it('adds to the default', () => {
    expect(namesOf('+processes')).toHaveLength(defaults.length + 1);
  });

  it('refuses what it does not know', () => {
    expect(() => chooseCollectors('cpu,systemd')).toThrow('there is no collector "systemd", only');
  });
});

function namesOf(text: string): string[] {
  return chooseCollectors(text).map(({ name }) => name);
}
