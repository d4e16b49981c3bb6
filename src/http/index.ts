export * from './parts.ts';
export * from './pool-runner.ts';
export * from './query/answer.ts';
export { ownBytes } from './query/answer-stream.ts';
export * from './query-cache/caching-runner.ts';
export { QueryCache } from './query-cache/query-cache.ts';
export { ApiError } from './query/api-error.ts';
export { encodeSuccess } from './query/envelope.ts';
export { exemplarsJson } from './query/encode-exemplars.ts';
export {
  encodePoint,
  encodeStats,
  writeQueryData,
  writeVectorSample,
} from './query/encode-value.ts';
export { JsonBytes } from './query/json-bytes.ts';
export { parseDurationParam, parseTime } from './query/params.ts';
export * from './query/environment.ts';
export * from './query/query-observer.ts';
export * from './query/request.ts';
export * from './server.ts';
