import { ByteWriter, ProtobufError, snappyDecompressInto, SnappyError } from '#bytes';
import type { Appendable } from '#storage';
import { applyWrite, type WriteResult } from './apply-write.ts';
import { decodeWriteRequest } from './decode-v1.ts';
import { decodeWriteRequestV2 } from './decode-v2.ts';
import { WRITE_MESSAGES, type WriteMessage, WriteRequest } from './write-request.ts';

export interface WriteLimits {
  /** Of the body as sent. */
  readonly bodyBytesMax: number;
  /** Of the message after decompression; a snappy block that announces more is refused unread. */
  readonly messageBytesMax: number;
}

/** Prometheus' own senders stay below a megabyte; loaders of data sets send tens of them. */
export const DEFAULT_WRITE_LIMITS: WriteLimits = {
  bodyBytesMax: 64 * 1024 * 1024,
  messageBytesMax: 256 * 1024 * 1024,
};

export interface ReceiveOptions {
  readonly body: Uint8Array;
  /** As the headers have it; '' or undefined where there is none. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly appendable: Appendable;
  readonly nowMs: number;
  readonly limits?: WriteLimits;
  readonly acceptedMessages?: readonly WriteMessage[];
  readonly typeAndUnitLabels?: boolean;
}

export interface ReceiveAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Plain text; empty on success. */
  readonly body: string;
  readonly result: WriteResult | undefined;
}

const PROTOBUF = 'application/x-protobuf';

/** Of memory for messages, between requests. */
const KEPT_BYTES_MAX = 8 << 20;
const NOTHING = new Uint8Array(0);

/** What is being written. Memory for the next request too: to take it anew costs more than to fill it. */
let content = new ByteWriter(0);
let request = new WriteRequest();

/** Answers `POST /api/v1/write` (remote write 1.0 and 2.0) as Prometheus does. Never throws. */
export function receiveWrite(options: ReceiveOptions): ReceiveAnswer {
  const message = messageOf(options.contentType?.trim() || PROTOBUF);
  if (!isMessage(message)) return refuse(415, message);
  const accepted = options.acceptedMessages ?? WRITE_MESSAGES;
  if (!accepted.includes(message)) {
    const names = accepted.join(' ');
    return refuse(
      415,
      `${message} protobuf message is not accepted by this server; accepted [${names}]`,
    );
  }
  const encoding = options.contentEncoding ?? '';
  if (encoding !== '' && encoding.toLowerCase() !== 'snappy') {
    const only = 'is not accepted by this server; only snappy is acceptable';
    return refuse(415, `${encoding} encoding (compression) ${only}`);
  }
  const limits = options.limits ?? DEFAULT_WRITE_LIMITS;
  if (options.body.length > limits.bodyBytesMax) return refuse(413, 'request body too large');
  const answered =
    decodeBody(options.body, message, limits) ??
    answer(message, applyWrite(request, options.appendable, writeOptions(message, options)));
  if (content.buffer.length > KEPT_BYTES_MAX) content = new ByteWriter(0);
  if (request.bytes > KEPT_BYTES_MAX) request = new WriteRequest();
  else request.begin(NOTHING);
  return answered;
}

function writeOptions(
  message: WriteMessage,
  options: ReceiveOptions,
): Parameters<typeof applyWrite>[2] {
  return {
    partial: message !== 'prometheus.WriteRequest',
    nowMs: options.nowMs,
    typeAndUnitLabels: options.typeAndUnitLabels ?? false,
  };
}

/** Into `request`; the answer is why it cannot be. */
function decodeBody(
  body: Uint8Array,
  message: WriteMessage,
  limits: WriteLimits,
): ReceiveAnswer | undefined {
  try {
    const bytes = snappyDecompressInto(body, limits.messageBytesMax, content);
    if (message === 'prometheus.WriteRequest') decodeWriteRequest(bytes, request);
    else decodeWriteRequestV2(bytes, request);
    return undefined;
  } catch (error) {
    if (error instanceof SnappyError && error.code === 'too-large')
      return refuse(413, error.message);
    if (error instanceof SnappyError || error instanceof ProtobufError) {
      return refuse(400, error.message);
    }
    throw error;
  }
}

function answer(message: WriteMessage, result: WriteResult): ReceiveAnswer {
  const { status, error, counts } = result;
  const written =
    message === 'prometheus.WriteRequest'
      ? {}
      : {
          'X-Prometheus-Remote-Write-Samples-Written': String(counts.samples),
          'X-Prometheus-Remote-Write-Histograms-Written': String(counts.histograms),
          'X-Prometheus-Remote-Write-Exemplars-Written': String(counts.exemplars),
        };
  if (error === undefined) return { status, headers: written, body: '', result };
  const refused = refuse(status, error);
  return { ...refused, headers: { ...refused.headers, ...written }, result };
}

function refuse(status: number, message: string): ReceiveAnswer {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  };
  return { status, headers, body: `${message}\n`, result: undefined };
}

function isMessage(text: string): text is WriteMessage {
  return WRITE_MESSAGES.some((message) => message === text);
}

/** The message that a Content-Type names, or why it names none. */
function messageOf(contentType: string): string {
  const [mediaType = '', ...parameters] = contentType.split(';');
  if (mediaType !== PROTOBUF) {
    return `expected ${PROTOBUF} as the first (media) part, got ${contentType} content-type`;
  }
  for (const parameter of parameters) {
    const [key = '', value, ...rest] = parameter.split('=');
    if (value === undefined || rest.length > 0) {
      return `as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, got ${parameter} in ${contentType} content-type`;
    }
    if (key.trim() !== 'proto') continue;
    if (isMessage(value)) return value;
    const supported = WRITE_MESSAGES.join(', ');
    return `got ${contentType} content type; unknown type for remote write protobuf message ${value}, supported: ${supported}`;
  }
  return 'prometheus.WriteRequest';
}
