import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnnotationData } from '#contract';
import { paramsOf } from './form.ts';
import type { AnnotationQuery, AnnotationSource } from './parts.ts';
import { invalidParameter } from './query/api-error.ts';
import { encodeSuccess } from './query/envelope.ts';
import { Params, TIME_MS_MAX, TIME_MS_MIN, timeParam } from './query/params.ts';
import { answerWith } from './run-query.ts';

/** What one answer may have; some ten megabytes of JSON. */
const ANNOTATIONS_MAX = 10_000;
const ANNOTATIONS_DEFAULT = 1000;
/** Grafana's own default. */
const GRAFANA_ANNOTATIONS_DEFAULT = 100;
/** Values of one filter. */
const VALUES_MAX = 1000;

/** What happened to containers: in our shape, and in that of Grafana's API for its clients. */
export function addAnnotations(app: FastifyInstance, source: AnnotationSource): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/v1/annotations',
    handler: async (request, reply) => {
      const params = new Params(paramsOf(request));
      const data = JSON.stringify(await source.find(annotationQuery(params)));
      const body = encodeSuccess((out) => out.write(data));
      return await answerJson(request, reply, body);
    },
  });
  app.get('/api/annotations', async (request, reply) => {
    const params = new Params(paramsOf(request));
    const { annotations } = await source.find(grafanaQuery(params));
    const shown = annotations.toReversed().map(grafanaAnnotation);
    return await answerJson(request, reply, Buffer.from(JSON.stringify(shown)));
  });
}

async function answerJson(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Uint8Array,
): Promise<FastifyReply> {
  const headers = { 'content-type': 'application/json' };
  return await answerWith(request, reply, { status: 200, headers, body });
}

/** Throws an ApiError that says what is wrong. */
function annotationQuery(params: Params): AnnotationQuery {
  const startMs = timeParam(params, 'start', TIME_MS_MIN);
  const endMs = timeParam(params, 'end', TIME_MS_MAX);
  if (endMs < startMs) {
    throw invalidParameter('end', 'end timestamp must not be before start timestamp');
  }
  return {
    startMs,
    endMs,
    names: valuesOf(params, 'name'),
    groups: valuesOf(params, 'group'),
    kinds: valuesOf(params, 'kind'),
    tags: valuesOf(params, 'tag'),
    limit: limitOf(params, ANNOTATIONS_DEFAULT),
  };
}

/** Grafana's `GET /api/annotations`: instants in milliseconds, every tag must be there. */
function grafanaQuery(params: Params): AnnotationQuery {
  const startMs = millisecondsOf(params, 'from', TIME_MS_MIN);
  const endMs = millisecondsOf(params, 'to', TIME_MS_MAX);
  if (endMs < startMs) throw invalidParameter('to', 'it must not be before from');
  return {
    startMs,
    endMs,
    names: [],
    groups: [],
    kinds: [],
    tags: valuesOf(params, 'tags'),
    limit: limitOf(params, GRAFANA_ANNOTATIONS_DEFAULT),
  };
}

function valuesOf(params: Params, name: string): string[] {
  const values = params.all(name).filter((value) => value !== '');
  if (values.length <= VALUES_MAX) return values;
  throw invalidParameter(name, `it may be given ${VALUES_MAX} times at most`);
}

function limitOf(params: Params, fallback: number): number {
  const text = params.first('limit');
  if (text === '') return fallback;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= ANNOTATIONS_MAX) return limit;
  throw invalidParameter(
    'limit',
    `${JSON.stringify(text.slice(0, 100))} is not a whole number from 1 to ${ANNOTATIONS_MAX}`,
  );
}

function millisecondsOf(params: Params, name: string, fallbackMs: number): number {
  const text = params.first(name);
  if (text === '') return fallbackMs;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidParameter(
    name,
    `${JSON.stringify(text.slice(0, 100))} are not milliseconds since the epoch`,
  );
}

interface GrafanaAnnotation {
  readonly id: number;
  readonly time: number;
  readonly timeEnd: number;
  readonly text: string;
  readonly tags: readonly string[];
}

function grafanaAnnotation(annotation: AnnotationData): GrafanaAnnotation {
  const { id, time, timeEnd, text, tags } = annotation;
  return { id: Number(id), time, timeEnd, text, tags };
}
