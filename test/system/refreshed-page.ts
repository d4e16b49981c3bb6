import type { CDPSession, Page } from 'playwright-core';

/** A dashboard whose time is driven: an hour of refreshes passes in a minute, answered in the page itself. */
export interface RefreshedPage {
  /** Lets time pass, a step at a time; each step is drawn. */
  readonly pass: (steps: number) => Promise<void>;
  /** The end of the range that the graph says it shows. */
  readonly shownUntilMs: () => Promise<number>;
  /** After all garbage is collected. */
  readonly held: () => Promise<HeldMemory>;
}

export interface HeldMemory {
  /** Of JavaScript, with its array buffers. */
  readonly bytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

const START_MS = Date.UTC(2025, 0, 1);
const SERIES = 20;
const PANELS: readonly string[] = ['timeseries', 'stat', 'table', 'state-timeline'];

type Json = Readonly<Record<string, unknown>>;

/** A panel of each kind that is drawn in its own way. */
export function refreshedDashboard(uid: string): Json {
  return {
    uid,
    title: 'Refreshed',
    schemaVersion: 39,
    time: { from: 'now-1m', to: 'now' },
    panels: PANELS.map((type, i) => ({
      id: i + 1,
      type,
      title: type,
      interval: '1s',
      datasource: { type: 'prometheus', uid: 'narthex' },
      gridPos: { x: (i % 2) * 12, y: Math.floor(i / 2) * 8, w: 12, h: 8 },
      targets: [{ refId: 'A', expr: `m${i}`, legendFormat: '{{n}}', ...kindOf(type) }],
      options: { legend: { displayMode: 'table', placement: 'right', calcs: ['last'] } },
      fieldConfig: { defaults: {}, overrides: [] },
    })),
  };
}

function kindOf(type: string): Json {
  return type === 'table' ? { instant: true, range: false } : { instant: false, range: true };
}

/** Opens it with `refresh` (`live`, `5s`), of which `stepMs` is the distance. */
export async function openRefreshed(
  page: Page,
  url: string,
  { refresh, stepMs }: { readonly refresh: string; readonly stepMs: number },
): Promise<RefreshedPage> {
  await page.clock.install({ time: START_MS });
  await page.addInitScript(answersInPage(stepMs));
  await page.goto(`${url}?refresh=${refresh}`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const pass = async (steps: number): Promise<void> => {
    for (let i = 0; i < steps; i++) {
      await page.clock.runFor(stepMs);
      // What is asked tells the page by timers, too.
      while (!(await page.evaluate<boolean>('window.drivenSettled()'))) await page.clock.runFor(1);
    }
  };
  await page
    .locator('[data-panel-state]')
    .nth(PANELS.length - 1)
    .waitFor();
  // From here on only `pass` moves it.
  await page.clock.pauseAt(Number(await page.evaluate('Date.now()')) + stepMs);
  const graph = page.locator('.nx-plot[role="img"]').first();
  const shownUntilMs = async (): Promise<number> => {
    const [, text = ''] = / to (.*)$/.exec((await graph.getAttribute('aria-label')) ?? '') ?? [];
    return Date.parse(text);
  };
  return { pass, shownUntilMs, held: async () => await heldMemory(session) };
}

/** Elements keep each other alive over more than one collection. */
const COLLECTIONS = 3;

async function heldMemory(session: CDPSession): Promise<HeldMemory> {
  for (let i = 0; i < COLLECTIONS; i++) await session.send('HeapProfiler.collectGarbage');
  const usage = await session.send('Runtime.getHeapUsage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
  // Older ones do not tell what lies outside of the heap.
  const { usedSize, backingStorageSize = 0 } = usage as { usedSize: number } & {
    backingStorageSize?: number;
  };
  return {
    bytes: usedSize + backingStorageSize,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
  };
}

/**
 * Queries are answered by the page's own time: a matrix for a range, the newest steps for a live query each `stepMs`.
 * `drivenSettled` lets run what a step set off, and says whether all is answered and drawn.
 */
function answersInPage(stepMs: number): string {
  return `(() => {
  const real = window.fetch.bind(window);
  const series = (query, start, end, step) => Array.from({ length: ${SERIES} }, (_, n) => {
    const values = [];
    for (let t = start; t <= end + 1e-6; t += step) {
      values.push([Math.round(t * 1000) / 1000, String(n + Math.sin(t / 60 + n))]);
    }
    return { metric: { __name__: query, n: String(n) }, values };
  });
  const answer = (data) => ({ status: 'success', data });
  const json = (value) => new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
  const vector = (query, time) => answer({
    resultType: 'vector',
    result: series(query, time, time, 1).map(({ metric, values }) => ({ metric, value: values[0] })),
  });
  const nowOn = (step) => Math.floor(Date.now() / 1000 / step) * step;
  const writer = new TextEncoder();
  const live = (body, signal) => {
    const queries = JSON.parse(body).queries;
    let timer = 0;
    const stream = new ReadableStream({
      start(controller) {
        const last = queries.map((one) => one.start - one.step);
        const push = () => queries.forEach(({ type, query, step }, index) => {
          const end = nowOn(step);
          const start = last[index] + step;
          if (end < start) return;
          last[index] = end;
          const steps = { query: index, start, end, step };
          const event = type === 'instant'
            ? { ...vector(query, end), ...steps }
            : { ...answer({ resultType: 'matrix', result: series(query, start, end, step) }), ...steps };
          controller.enqueue(writer.encode('id: 1\\nevent: steps\\ndata: ' + JSON.stringify(event) + '\\n\\n'));
        });
        push();
        timer = setInterval(push, ${stepMs});
        signal.addEventListener('abort', () => { clearInterval(timer); controller.error(signal.reason); });
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  };
  let asked = 0;
  window.fetch = async (input, init) => {
    const url = new URL(input, location.href);
    if (url.pathname.endsWith('/query_live')) return live(init.body, init.signal);
    const { query, start, end, step, time } = Object.fromEntries(url.searchParams);
    asked++;
    try {
      if (url.pathname.endsWith('/query_range')) {
        return json(answer({ resultType: 'matrix', result: series(query, Number(start), Number(end), Number(step)) }));
      }
      if (url.pathname.endsWith('/query')) return json(vector(query, Number(time)));
      return await real(input, init);
    } finally {
      asked--;
    }
  };
  const task = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(0);
  });
  window.drivenSettled = async () => {
    for (let i = 0; i < 4; i++) await task();
    return asked === 0 && document.querySelector('[aria-busy="true"]') === null;
  };
})()`;
}
