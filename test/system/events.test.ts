import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '#bytes';
import type { AnnotationsData } from '#contract';
import { askApi } from './api.ts';
import { type BrowserSession, missingBrowser, PHONE, startBrowser } from './browser.ts';
import { describeWith } from './describe-with.ts';
import { withPrograms } from './installed.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import { remoteWrite } from './remote-write.ts';

// Events that a server before this one has written: read after its crash, served, drawn on the graph of the
// containers they speak of, and no hindrance to Prometheus. Where they come from: containers.test.ts.
const END_MS = Math.floor(Date.now() / 1000) * 1000;
const NAME = 'gallery-web-1';

const KINDS = [
  ['start', 'info', 'gallery-web-1 started'],
  ['oom', 'error', 'the kernel killed a process of gallery-web-1: out of memory (limit 64 MiB)'],
  ['health', 'warning', '<b>gallery-web-1</b> is unhealthy'],
] as const;

/** Minutes before the end: 40, 30, 20. */
function lineOf(i: number): string {
  const [kind = '', severity = '', text = ''] = KINDS[i] ?? [];
  const time = END_MS - (40 - 10 * i) * 60_000;
  const json = JSON.stringify({ time, id: i + 1, kind, severity, name: NAME, text });
  const sum = crc32c(new TextEncoder().encode(json)).toString(16).padStart(8, '0');
  return `${sum} ${json}\n`;
}

let dir = '';
let narthex: NarthexProcess;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-events-'));
  mkdirSync(join(dir, 'data', 'events'), { recursive: true });
  const torn = lineOf(2).slice(0, 50);
  const segment = join(dir, 'data', 'events', '00000001.jsonl');
  writeFileSync(segment, `${lineOf(0)}${lineOf(1)}${lineOf(2)}${torn}`);
  narthex = await startNarthex({
    dir,
    config: () => 'scrape_configs: []\n',
    flags: ['--web.enable-remote-write-receiver'],
  });
  for (let minute = 60; minute >= 0; minute--) {
    const timestampMs = END_MS - minute * 60_000;
    const samples = [NAME, 'other'].map((name, i) => ({
      labels: { __name__: 'container_memory_working_set_bytes', name },
      timestampMs,
      value: 1e6 * (10 + 5 * i + (minute % 7)),
    }));
    expect(await remoteWrite(narthex.url, samples)).toBe(204);
  }
});
afterAll(async () => {
  await narthex?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('events of a data directory', () => {
  it('are served as they were, whatever a crash left behind them', async () => {
    const answer = await askApi(narthex.url, 'annotations', { name: NAME });
    const data = answer.data as AnnotationsData;
    expect(data.annotations.map(({ kind, severity, text }) => [kind, severity, text])).toEqual(
      KINDS.map((kind) => [...kind]),
    );
    const grafana = await fetch(
      `${narthex.url}/api/annotations?from=${END_MS - 32 * 60_000}&to=${END_MS}`,
    );
    expect(await grafana.json()).toMatchObject([{ id: 3 }, { id: 2, text: KINDS[1][2] }]);
  });
});

function graphOf(expr: string, more = ''): string {
  const end = new Date(END_MS).toISOString().slice(0, 19).replace('T', ' ');
  const params = new URLSearchParams({ 'g0.expr': expr, 'g0.tab': 'graph', 'g0.end_input': end });
  return `${narthex.url}/query?${params.toString()}${more}`;
}

async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['NARTHEX_SCREENSHOTS'];
  if (folder === undefined) return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

describeWith(missingBrowser(), 'events on a graph', () => {
  let browser: BrowserSession;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => browser?.close());

  it('are marked and listed, and told of where the cursor is', async () => {
    const { page, problems } = await browser.openPage();
    await page.goto(graphOf('container_memory_working_set_bytes'));
    const marks = page.locator('.nx-event-mark');
    await expect.poll(() => marks.count()).toBe(3);
    const list = page.getByRole('region', { name: 'Events' });
    await expect.poll(() => list.locator('li').count()).toBe(3);
    // Newest first, as text and not as markup.
    expect(await list.locator('li').first().textContent()).toContain(KINDS[2][2]);
    const mark = await marks.nth(1).boundingBox();
    expect(mark).not.toBeNull();
    await page.mouse.move((mark?.x ?? 0) + 2, (mark?.y ?? 0) + 80);
    await expect
      .poll(() => page.locator('.nx-event-tooltip').textContent())
      .toContain('out of memory (limit 64 MiB)');
    await screenshot(page, 'events-graph');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(problems).toEqual([]);
  });

  it('are not asked for where the result speaks of no container, or the switch is off', async () => {
    const { page, problems } = await browser.openPage();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/annotations')) asked.push(request.url());
    });
    await page.goto(graphOf('sum(container_memory_working_set_bytes)'));
    await page.locator('.u-over').waitFor();
    await page.goto(graphOf('container_memory_working_set_bytes', '&g0.show_events=0'));
    await page.locator('.u-over').waitFor();
    expect(asked).toEqual([]);
    await page.getByRole('switch', { name: 'Events' }).click({ force: true });
    await expect.poll(() => page.locator('.nx-event-mark').count()).toBe(3);
    expect(new URL(page.url()).searchParams.get('g0.show_events')).toBe('1');
    expect(asked).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it('are those of the containers in the result alone, on a phone too', async () => {
    const { page, problems } = await browser.openPage({ viewport: PHONE });
    await page.goto(graphOf('container_memory_working_set_bytes{name="other"}'));
    await page.locator('.u-over').waitFor();
    await page.goto(graphOf(`container_memory_working_set_bytes{name="${NAME}"}`));
    await expect.poll(() => page.locator('.nx-event-mark').count()).toBe(3);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await screenshot(page, 'events-phone');
    expect(problems).toEqual([]);
  });
});

withPrograms(PROMETHEUS)('Prometheus starts beside the events and leaves them alone', async () => {
  await narthex.stop();
  const data = join(dir, 'data');
  const before = readdirSync(join(data, 'events'));
  const prometheus = await startPrometheus({ path: data });
  const answer = await fetch(
    `${prometheus.url}/api/v1/query?query=count(container_memory_working_set_bytes)&time=${END_MS / 1000}`,
  );
  expect(await answer.json()).toMatchObject({
    data: { result: [{ value: [END_MS / 1000, '2'] }] },
  });
  expect(prometheus.output()).not.toMatch(/level=(?:error|warn)/);
  await prometheus.stop();
  expect(readdirSync(join(data, 'events'))).toEqual(before);
  expect(existsSync(join(data, 'events', '00000001.jsonl'))).toBe(true);
});
