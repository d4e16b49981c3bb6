import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './query/api-error.ts';

export type Pairs = readonly (readonly [string, string])[];

/** What one form may have, in bytes; as Go's http.Request. */
export const FORM_BYTES_MAX: number = 10 << 20;
/** What one URL may have, in characters; a longer query has to be sent as a form. */
export const URL_LENGTH_MAX: number = 256 << 10;
/** Parameters of one request. */
const PARAMS_COUNT_MAX = 10_000;

/** Forms are kept as text until they are asked for; other bodies as bytes. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Of the form, then of the URL, as Go's http.Request.Form has them. Throws an ApiError for too many. */
export function paramsOf(request: FastifyRequest): Pairs {
  const form = typeof request.body === 'string' ? pairs(request.body) : [];
  const url = request.raw.url ?? '';
  const question = url.indexOf('?');
  if (question < 0) return form;
  return [...form, ...pairs(url.slice(question + 1))];
}

function pairs(text: string): Pairs {
  const found: (readonly [string, string])[] = [];
  for (const pair of new URLSearchParams(text)) {
    if (found.length === PARAMS_COUNT_MAX) {
      throw new ApiError('bad_data', `cannot take more than ${PARAMS_COUNT_MAX} parameters`);
    }
    found.push(pair);
  }
  return found;
}
