/** One answer of the HTTP API. */
export interface ApiAnswer {
  readonly http: number;
  readonly status: string;
  readonly data?: unknown;
  readonly error?: string;
  readonly errorType?: string;
}

export async function askApi(
  url: string,
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const query = new URLSearchParams(params).toString();
  const response = await fetch(`${url}/api/v1/${path}?${query}`);
  return { http: response.status, ...((await response.json()) as object) } as ApiAnswer;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** The result of an instant query. Throws what the server says where there is none. */
export async function instantQuery(url: string, query: string): Promise<readonly Series[]> {
  const answer = await askApi(url, 'query', { query });
  if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
  return (answer.data as { result: readonly Series[] }).result;
}

/** Asks again until `done` holds of the result. Throws the last result after the time is up. */
export async function untilQuery(
  url: string,
  query: string,
  done: (result: readonly Series[]) => boolean,
  limitMs = 20_000,
): Promise<readonly Series[]> {
  const deadlineMs = Date.now() + limitMs;
  for (;;) {
    const result = await instantQuery(url, query);
    if (done(result)) return result;
    if (Date.now() > deadlineMs) throw new Error(`${query} stayed ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
