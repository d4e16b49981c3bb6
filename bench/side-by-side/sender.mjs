// A process of its own that sends samples by remote write 1.0, over some connections at once, as the shards
// of a Prometheus do. Encodes each request once and gives it to one server after the other, so that all of
// them get the same bytes and none disturbs another.
import { Agent, request } from 'node:http';
import { snappyCompress } from '#bytes';
import { dashboardSeries, plainSeries } from './written-series.mjs';

const agent = new Agent({ keepAlive: true });
const ANSWER_TIMEOUT_MS = 60_000;
/** 0x12, length, 0x09, double, 0x10, timestamp: six bytes hold those between 2004 and 2109. */
const SAMPLE_BYTES = 18;

/** What `open` was told. */
let data = { kind: 'plain', count: 0 };
let series = [];
let buffer = Buffer.alloc(1 << 20);

function open({ kind, count }) {
  data = { kind, count };
  return makeSeries(0, 0);
}

/** Other series of the same kind in place of those before, from a later step on. */
function renew({ generation, step }) {
  return makeSeries(generation, step);
}

function makeSeries(generation, step) {
  const { kind, count } = data;
  const made = kind === 'plain' ? plainSeries(count, generation) : dashboardSeries(count);
  series = made.map(({ labels, seed, next }) => ({
    labelBytes: encodeLabels(labels),
    // A step of xorshift must not begin at 0.
    random: Math.imul(seed + 1, 0x9e3779b1) | 1,
    step,
    next,
  }));
  return { series: series.length };
}

function encodeLabels(labels) {
  const pairs = Object.keys(labels)
    .toSorted()
    .map((name) =>
      field(Buffer.concat([field(Buffer.from(name), 1), field(Buffer.from(labels[name]), 2)]), 1),
    );
  return Buffer.concat(pairs);
}

function field(content, tag) {
  const head = [(tag << 3) | 2];
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128);
  head.push(rest);
  return Buffer.concat([Buffer.from(head), content]);
}

/** The next `steps` samples of all series, `samples` of each in a request; at `startMs + step * stepMs`. */
async function send({ urls, steps, samplesPerSeries, seriesPerRequest, connections, ...more }) {
  const { startMs, stepMs, jitterMs, limitMs } = more;
  const deadlineMs = performance.now() + limitMs;
  const waitedMs = urls.map(() => 0);
  let requests = 0;
  let bytes = 0;
  for (let done = 0; done < steps; done += samplesPerSeries) {
    const samples = Math.min(samplesPerSeries, steps - done);
    // A series is in one request of a group at most: its samples stay in order.
    for (let from = 0; from < series.length;) {
      if (performance.now() > deadlineMs) throw new Error(`not all was sent in ${limitMs} ms`);
      const bodies = [];
      for (; bodies.length < connections && from < series.length; from += seriesPerRequest) {
        const chosen = series.slice(from, from + seriesPerRequest);
        bodies.push(snappyCompress(encode(chosen, samples, { startMs, stepMs, jitterMs })));
      }
      requests += bodies.length;
      bytes += bodies.reduce((sum, body) => sum + body.length, 0);
      for (const [i, url] of urls.entries()) {
        const askedMs = performance.now();
        await Promise.all(bodies.map((body) => post(`${url}/api/v1/write`, body)));
        waitedMs[i] += performance.now() - askedMs;
      }
    }
  }
  return { samples: series.length * steps, requests, bytes, waitedMs };
}

function encode(chosen, samples, { startMs, stepMs, jitterMs }) {
  let at = 0;
  for (const one of chosen) {
    const { labelBytes } = one;
    const length = labelBytes.length + samples * SAMPLE_BYTES;
    while (buffer.length < at + length + 8)
      buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    buffer[at++] = 0x0a;
    let rest = length;
    for (; rest > 127; rest >>>= 7) buffer[at++] = (rest & 127) | 128;
    buffer[at++] = rest;
    labelBytes.copy(buffer, at);
    at += labelBytes.length;
    for (let k = 0; k < samples; k++) {
      const lateMs = jitterMs === 0 ? 0 : (Math.imul(one.step, 0x9e3779b1) >>> 8) % jitterMs;
      at = writeSample(one, at, startMs + one.step * stepMs + lateMs);
    }
  }
  return buffer.subarray(0, at);
}

function writeSample(one, start, timestampMs) {
  let at = start;
  buffer[at++] = 0x12;
  buffer[at++] = 16;
  buffer[at++] = 0x09;
  one.random ^= one.random << 13;
  one.random ^= one.random >>> 17;
  one.random ^= one.random << 5;
  at = buffer.writeDoubleLE(one.next(one.random >>> 0, one.step++), at);
  buffer[at++] = 0x10;
  let rest = timestampMs;
  for (let i = 0; i < 5; i++) {
    const next = Math.floor(rest / 128);
    buffer[at++] = (rest - next * 128) | 128;
    rest = next;
  }
  buffer[at++] = rest;
  return at;
}

function post(url, body) {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'content-length': body.length,
    'x-prometheus-remote-write-version': '0.1.0',
  };
  return new Promise((resolve, reject) => {
    const options = { agent, method: 'POST', headers, timeout: ANSWER_TIMEOUT_MS };
    const asked = request(url, options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else
          reject(
            new Error(
              `${url} answered ${status} ${Buffer.concat(chunks).toString().slice(0, 200)}`,
            ),
          );
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} does not answer`)));
    asked.on('error', reject);
    asked.end(body);
  });
}

process.on('message', async (message) => {
  try {
    process.send(await { open, renew, send }[message.act](message));
  } catch (error) {
    process.send({ error: String(error.message ?? error) });
  }
});
process.on('disconnect', () => process.exit(0));
