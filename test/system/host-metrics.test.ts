import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { parseFamilies } from '../../src/exposition/index.ts';
import { readRecordedTree, writeRecordedTree } from '../fakes/host-files.ts';
import { HOST_DASHBOARDS, panelsOf } from './dashboards.ts';
import { withPrograms } from './installed.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { type Exporter, NODE_EXPORTER, startExporter } from './node-exporter.ts';

/** What later versions of node_exporter than the installed one have, too. */
const LATER_LABELS: ReadonlySet<string> = new Set(['rotational', 'adminstate', 'cntlid']);

/** Values by series: `name{a="b"}`, labels sorted, without empty ones. */
type Page = ReadonlyMap<string, { readonly value: number; readonly type: string }>;

async function fetchPage(url: string): Promise<Page> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const { families, error } = parseFamilies(new Uint8Array(await response.arrayBuffer()));
  expect(error).toBeUndefined();
  const page = new Map<string, { value: number; type: string }>();
  for (const { name, type, metrics } of families) {
    for (const { labels, value } of metrics) {
      const shown = labels
        .filter(([label, text]) => text !== '' && !LATER_LABELS.has(label))
        .map(([label, text]) => `${label}=${JSON.stringify(text)}`)
        .toSorted();
      page.set(`${name}{${shown.join(',')}}`, { value: value ?? NaN, type });
    }
  }
  return page;
}

function nameOf(series: string): string {
  return series.slice(0, series.indexOf('{'));
}

/** Names on a page, without those of Go. */
function namesOn(page: Page): ReadonlySet<string> {
  return new Set([...page.keys()].map(nameOf).filter((name) => /^(?:node|process)_/.test(name)));
}

const test = withPrograms(NODE_EXPORTER);

/** A system call that Node does not have. */
const NOT_MEASURED = /^node_timex_/;
/** Of the program, not of the machine. */
const OF_PROGRAM = /^node_(?:exporter_build_info|scrape_collector_)/;

/** What rises and falls between two reads may leave the values of both by so much. */
const BETWEEN_SHARE = 0.002;

describe('the page of this machine', () => {
  let dir = '';
  let narthex: NarthexProcess;
  let exporter: Exporter | undefined;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-host-'));
    writeFileSync(
      join(dir, 'good.prom'),
      '# HELP backup_age_seconds Age.\n# TYPE backup_age_seconds gauge\nbackup_age_seconds{disk="a"} 5\n',
    );
    narthex = await startNarthex({
      config: () => 'scrape_configs: []\n',
      flags: [`--collector.textfile.directory=${dir}`],
    });
    if (existsSync(NODE_EXPORTER)) {
      exporter = await startExporter([`--collector.textfile.directory=${dir}`]);
    }
  });

  afterAll(async () => {
    await exporter?.stop();
    await narthex?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  // Devices come and go: what is there before and after must once have been here, too.
  test('has the names and the series that node_exporter has', async () => {
    let missing: readonly string[] = ['not compared'];
    for (let round = 0; round < 20 && missing.length > 0; round++) {
      const before = await fetchPage(exporter?.url ?? '');
      const ours = await fetchPage(`${narthex.url}/metrics/host`);
      const after = await fetchPage(exporter?.url ?? '');
      const compared = [...before.keys()].filter(
        (series) =>
          series.startsWith('node_') &&
          after.has(series) &&
          !OF_PROGRAM.test(series) &&
          !NOT_MEASURED.test(series),
      );
      expect(compared.length).toBeGreaterThan(300);
      missing = compared.filter((series) => !ours.has(series));
    }
    expect(missing).toEqual([]);
  });

  // Values go up and down between two reads: each must once have stood between what was said before and after.
  test('says of each series what node_exporter says', async () => {
    const open = new Map<string, string>();
    for (const [series] of await fetchPage(exporter?.url ?? '')) {
      if (!OF_PROGRAM.test(series) && series.startsWith('node_')) open.set(series, 'never');
    }
    for (let round = 0; round < 40 && open.size > 0; round++) {
      const before = await fetchPage(exporter?.url ?? '');
      const ours = await fetchPage(`${narthex.url}/metrics/host`);
      const after = await fetchPage(exporter?.url ?? '');
      for (const series of open.keys()) {
        const one = ours.get(series)?.value;
        const [low = NaN, high = NaN] = [before.get(series)?.value, after.get(series)?.value];
        if (one === undefined || isBetween(one, low, high, BETWEEN_SHARE)) open.delete(series);
        else open.set(series, `${low} <= ${one} <= ${high}`);
      }
    }
    expect(Object.fromEntries(open)).toEqual({});
  });

  test('has what panels of host dashboards ask for', async () => {
    const theirs = namesOn(await fetchPage(exporter?.url ?? ''));
    const ours = namesOn(await fetchPage(`${narthex.url}/metrics/host`));
    const shares: Record<string, string> = {};
    for (const dashboard of HOST_DASHBOARDS) {
      const panels = panelsOf(dashboard).filter(({ names }) =>
        names.some((name) => name.startsWith('node_') || name.startsWith('process_')),
      );
      const lacking = panels
        .map(({ title, names }) => ({
          title,
          names: names.filter((name) => lacks(name, ours, theirs)),
        }))
        .filter(({ names }) => names.length > 0);
      const good = panels.length - lacking.length;
      shares[dashboard] = `${good} of ${panels.length}`;
      console.info(`${dashboard}: ${good} of ${panels.length} panels have all their names`);
      for (const { title, names } of lacking) console.info(`  ${title}: ${names.join(', ')}`);
      expect(good / panels.length).toBeGreaterThanOrEqual(dashboard.startsWith('node-') ? 0.9 : 1);
    }
    expect(Object.keys(shares)).toHaveLength(HOST_DASHBOARDS.length);
  });

  test('leaves no file open but those that it keeps', async () => {
    const openFiles = (): number => readdirSync(`/proc/${narthex.pid}/fd`).length;
    await fetchPage(`${narthex.url}/metrics/host`);
    const before = openFiles();
    for (let i = 0; i < 8; i++) await fetchPage(`${narthex.url}/metrics/host`);
    // A connection more or less.
    expect(openFiles()).toBeLessThanOrEqual(before + 3);
  });

  test('has text files, and none from outside of their directory', async () => {
    const file = join(dir, 'link.prom');
    mkdirSync(join(dir, 'inside'));
    writeFileSync(join(dir, 'inside', 'data'), 'linked_inside 1\n');
    symlinkSync(join('inside', 'data'), file);
    symlinkSync('/proc/loadavg', join(dir, 'outside.prom'));
    writeFileSync(join(dir, 'large.prom'), `# ${'x'.repeat(2 ** 22)}\n`);
    execFileSync('mkfifo', [join(dir, 'pipe.prom')]);
    const ours = await fetchPage(`${narthex.url}/metrics/host`);
    expect(ours.get('backup_age_seconds{disk="a"}')?.value).toBe(5);
    expect(ours.get('linked_inside{}')?.value).toBe(1);
    expect(ours.get('node_textfile_scrape_error{}')?.value).toBe(1);
    const reasons = ['leads out of its directory', 'more than 4194304 bytes', 'not a plain file'];
    for (const reason of reasons) expect(narthex.output()).toContain(reason);
  });
});

/** A name that node_exporter has on this machine, and we have not. What it has not, we need not have. */
function lacks(name: string, ours: ReadonlySet<string>, theirs: ReadonlySet<string>): boolean {
  return theirs.has(name) && !ours.has(name);
}

function isBetween(value: number, one: number, other: number, share = 1e-9): boolean {
  if (Number.isNaN(value)) return Number.isNaN(one);
  const slack = share * Math.abs(value);
  return value >= Math.min(one, other) - slack && value <= Math.max(one, other) + slack;
}

describe('the page of a recorded server', () => {
  test('says what node_exporter says of the same files', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'narthex-host-tree-'));
    writeRecordedTree(readRecordedTree('server'), dir);
    const narthex = await startNarthex({
      config: () => 'scrape_configs: []\n',
      flags: [
        `--host.procfs=${dir}/proc`,
        `--host.sysfs=${dir}/sys`,
        `--host.rootfs=${dir}/root`,
        '--host.collectors=+interrupts,+buddyinfo,+cpu.info',
      ],
    });
    const exporter = await startExporter([
      `--path.procfs=${dir}/proc`,
      `--path.sysfs=${dir}/sys`,
      `--path.rootfs=${dir}/root`,
      `--path.udev.data=${dir}/root/run/udev/data`,
      '--no-collector.netdev.netlink',
      '--collector.interrupts',
      '--collector.buddyinfo',
      '--collector.cpu.info',
    ]);
    try {
      const theirs = await fetchPage(exporter.url);
      const ours = await fetchPage(`${narthex.url}/metrics/host`);
      const wrong = [...theirs].flatMap(([series, { value, type }]) => {
        if (!series.startsWith('node_') || OF_PROGRAM.test(series)) return [];
        if (NOT_MEASURED.test(series) || NOT_OF_FILES.test(series)) return [];
        const one = ours.get(series);
        if (one?.type === type && isBetween(one.value, value, value)) return [];
        return [`${series}: ${one?.value} (${one?.type}), not ${value} (${type})`];
      });
      expect(wrong).toEqual([]);
      expect(theirs.size).toBeGreaterThan(350);
    } finally {
      await exporter.stop();
      await narthex.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

/** Asked of the system in another way than by the files, or about this machine's own disks and clock. */
const NOT_OF_FILES =
  /^node_(?:uname_info|selinux_enabled|time_seconds|time_zone_offset_seconds|filesystem_(?:avail|free|files))/;
