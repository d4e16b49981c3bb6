// A process of its own that serves `/<scraper>/<target>` with metrics whose values change at every
// scrape, and keeps account of when each scraper asked. All targets have the same page but for the ids of
// their containers. Numbers have a fixed width and are patched in place, so that making pages takes little
// from the servers that share the machine.
import { createServer } from 'node:http';

const CONTAINERS = 10;
/** Each container is replaced after this long while there is churn, one after the other. */
const CONTAINER_LIFE_SECONDS = 50;
const ID_DIGITS = 12;

let plan = { targets: 0, series: 0, intervalMs: 1000, scrapesMax: Infinity };
let page = { bytes: Buffer.alloc(0), values: [], ids: [] };
let churnStartSeconds = Infinity;
let isOpen = true;
/** Of each scraper. */
let accounts = new Map();

const server = createServer((request, response) => {
  const [, scraper, target] = (request.url ?? '').split('/');
  const number = Number(target);
  if (!(number < plan.targets) || !isOpen) {
    response.writeHead(isOpen ? 404 : 503).end();
    return;
  }
  // Left without an answer: a failed scrape would end all series.
  if (!account(scraper, target)) return;
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(pageOf(number));
});

/** Whether the target may have the page. */
function account(scraper, target) {
  let own = accounts.get(scraper);
  if (own === undefined) {
    accounts.set(scraper, (own = { pages: 0, gapsMs: [], lastMs: new Map(), served: new Map() }));
  }
  const served = (own.served.get(target) ?? 0) + 1;
  if (served > plan.scrapesMax) return false;
  own.served.set(target, served);
  const nowMs = performance.now();
  const lastMs = own.lastMs.get(target);
  if (lastMs !== undefined) own.gapsMs.push(nowMs - lastMs);
  own.lastMs.set(target, nowMs);
  own.pages++;
  return true;
}

/** The text once, with the places where values and container ids are. */
function makePage(series) {
  const text = [];
  const values = [];
  const ids = [];
  let at = 0;
  const add = (part) => {
    text.push(part);
    at += part.length;
  };
  const families = Math.max(1, Math.floor(series / 100));
  for (let i = 0, family = 0; family < families; family++) {
    const count =
      Math.floor(((family + 1) * series) / families) - Math.floor((family * series) / families);
    const name = family % 3 === 0 ? `bench_requests_${family}_total` : `bench_level_${family}`;
    add(
      `# HELP ${name} What it counts.\n# TYPE ${name} ${family % 3 === 0 ? 'counter' : 'gauge'}\n`,
    );
    for (let k = 0; k < count; k++, i++) {
      const container = Math.floor((k * CONTAINERS) / count);
      add(`${name}{container="gallery-${container}",id="`);
      ids.push({ at, container });
      add('0'.repeat(ID_DIGITS));
      add(`",handler="/api/v1/images/${k}",part="${family}",code="${200 + (k % 5)}"} `);
      values.push({ at, kind: family % 3, i });
      add('10000000\n');
    }
  }
  return { bytes: Buffer.from(text.join(''), 'latin1'), values, ids };
}

/** A copy, since the page changes again before all of it has gone out. */
function pageOf(target) {
  const { bytes, values, ids } = page;
  const seconds = Math.floor(performance.now() / 1000);
  for (const { at, kind, i } of values) {
    // A counter, a gauge that seldom changes, and one that is noisy.
    const value =
      kind === 0
        ? 10_000_000 + seconds * (i % 17) + i
        : kind === 1
          ? 20_000_000 + (seconds >> 4) + i
          : 30_000_000 + ((Math.imul(seconds + i, 0x9e3779b1) >>> 8) % 9_999_999);
    writeDigits(bytes, at, value, 8);
    if (kind === 2) bytes[at + 4] = 0x2e;
  }
  for (let container = 0; container < CONTAINERS; container++) {
    writeDigits(idText, container * ID_DIGITS, containerId(container, target, seconds), ID_DIGITS);
  }
  for (const { at, container } of ids) {
    idText.copy(bytes, at, container * ID_DIGITS, (container + 1) * ID_DIGITS);
  }
  return Buffer.from(bytes);
}

const idText = Buffer.alloc(CONTAINERS * ID_DIGITS);

function containerId(container, target, seconds) {
  const generation = generationOf(container, seconds);
  return 100_000_000_000 + generation * 1_000_000 + target * 1000 + container;
}

function generationOf(container, seconds) {
  if (seconds < churnStartSeconds) return 0;
  const offset = (container * CONTAINER_LIFE_SECONDS) / CONTAINERS;
  return Math.floor((seconds - churnStartSeconds + offset) / CONTAINER_LIFE_SECONDS);
}

function writeDigits(bytes, start, value, digits) {
  for (let at = start + digits - 1, rest = value; at >= start; at--) {
    const next = Math.floor(rest / 10);
    bytes[at] = 48 + (rest - next * 10);
    rest = next;
  }
}

function report() {
  const result = {};
  for (const [scraper, { pages: count, gapsMs, served }] of accounts) {
    const lateMs = gapsMs
      .map((gap) => Math.max(0, gap - plan.intervalMs))
      .toSorted((a, b) => a - b);
    result[scraper] = {
      pages: count,
      missed: gapsMs.reduce(
        (sum, gap) => sum + Math.max(0, Math.round(gap / plan.intervalMs) - 1),
        0,
      ),
      lateP99Ms: lateMs[Math.floor(lateMs.length * 0.99)] ?? 0,
      lateMaxMs: lateMs.at(-1) ?? 0,
      scrapedTargets: served.size,
      doneTargets: [...served.values()].filter((count) => count === plan.scrapesMax).length,
    };
  }
  return result;
}

const acts = {
  open(message) {
    plan = { ...message.plan, scrapesMax: message.plan.scrapesMax ?? Infinity };
    page = makePage(plan.series);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port }));
    });
  },
  churn() {
    churnStartSeconds = Math.floor(performance.now() / 1000);
    return {};
  },
  /** What was counted since the last report. */
  report() {
    const result = report();
    for (const own of accounts.values()) {
      own.pages = 0;
      own.gapsMs = [];
    }
    return result;
  },
  /** From now on scrapes fail. */
  close() {
    isOpen = false;
    return {};
  },
};

process.on('message', async (message) => {
  process.send(await acts[message.act](message));
});
process.on('disconnect', () => process.exit(0));
