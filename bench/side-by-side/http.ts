import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const ANSWER_TIMEOUT_MS = 120_000;

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** From asking until the last byte. */
  readonly tookMs: number;
}

/** GETs over a connection that is kept. Rejects where no whole answer comes in time. */
export function get(url: string, timeoutMs: number = ANSWER_TIMEOUT_MS): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const asked = request(url, { agent, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, body, tookMs: performance.now() - startMs });
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms: ${url}`)));
    asked.on('error', reject);
    asked.end();
  });
}

export function apiUrl(server: string, path: string, params: Record<string, string>): string {
  return `${server}/api/v1/${path}?${new URLSearchParams(params).toString()}`;
}

/** The one number that an instant query answers; NaN where the result is empty. */
export async function askNumber(server: string, query: string, timeS?: number): Promise<number> {
  const params = { query, nocache: '1', ...(timeS !== undefined && { time: String(timeS) }) };
  const { status, body } = await get(apiUrl(server, 'query', params));
  if (status !== 200) throw new Error(`${query}: ${status} ${body.toString().slice(0, 300)}`);
  const { data } = JSON.parse(body.toString()) as {
    data: { result: readonly { value: readonly [number, string] }[] };
  };
  return Number(data.result[0]?.value[1] ?? NaN);
}

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
