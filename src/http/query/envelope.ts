import { gzipSync } from 'node:zlib';
import type { ErrorType } from '#contract';
import { statusOf } from './api-error.ts';
import { GZIP_LEVEL } from './gzip-pieces.ts';
import { JsonBytes } from './json-bytes.ts';
import type { ByteSink } from './json-bytes.ts';
import type { QueryAnswer } from './request.ts';

/** How many warnings, and how many infos, one answer shows (Prometheus: web/api/v1/api.go). */
const NOTES_COUNT_MAX = 10;

/** Smaller answers are sent as they are, in bytes. */
const GZIP_BYTES_MIN = 1024;

export interface Notes {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** A success around `data`, which the function writes; but for what went to the sink already. */
export function encodeSuccess(
  writeData: (out: JsonBytes) => void,
  notes: Notes = {},
  sink?: ByteSink,
): Uint8Array {
  const out = new JsonBytes(sink);
  out.write('{"status":"success","data":');
  writeData(out);
  const warnings = shortened(notes.warnings ?? [], 'warning');
  if (warnings.length > 0) out.write(`,"warnings":${JSON.stringify(warnings)}`);
  const infos = shortened(notes.infos ?? [], 'info');
  if (infos.length > 0) out.write(`,"infos":${JSON.stringify(infos)}`);
  out.write('}');
  return out.finish();
}

function shortened(notes: readonly string[], kind: string): readonly string[] {
  if (notes.length <= NOTES_COUNT_MAX) return notes;
  const left = notes.length - NOTES_COUNT_MAX;
  return [...notes.slice(0, NOTES_COUNT_MAX), `${left} more ${kind} annotations omitted`];
}

export function encodeError(type: ErrorType, message: string): Uint8Array {
  const out = new JsonBytes();
  out.write(JSON.stringify({ status: 'error', errorType: type, error: message }));
  return out.finish();
}

export function jsonAnswer(body: Uint8Array): QueryAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

export function errorAnswer(type: ErrorType, message: string): QueryAnswer {
  return { ...jsonAnswer(encodeError(type, message)), status: statusOf(type) };
}

/** Compressed, where that is worth it and the client takes it. */
export function compressed(answer: QueryAnswer, gzip: boolean): QueryAnswer {
  if (!gzip || answer.body.length < GZIP_BYTES_MIN) return answer;
  const body = gzipSync(answer.body, { level: GZIP_LEVEL });
  return { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body };
}
