import { crc32c } from '#bytes';
import type { EventSeverity, NewEvent, StoredEvent } from './event.ts';

/*
 * 5d2e0b1c {"time":1700000000000,...}\n
 * crc32c   JSON                          docs/formats/events.md
 */

/** Checksum and space before the JSON. */
const HEAD_BYTES = 9;
const LINE_BREAK = 0x0a;
const TIME_START = '{"time":';

/** Characters; a sentence with two long names fits, a page of a program's output does not. */
const TEXT_LENGTH_MAX = 1024;
/** Characters of a name, a tag or the value of an attribute. */
const VALUE_LENGTH_MAX = 512;
const ATTRIBUTE_COUNT_MAX = 32;
const TAG_COUNT_MAX = 16;
/** Bytes of one line. */
export const RECORD_BYTES_MAX: number = 16 << 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same event within the limits; the event itself where it is. */
export function cutEvent(event: NewEvent): NewEvent {
  const attributes = Object.entries(event.attributes);
  const isWithin =
    event.text.length <= TEXT_LENGTH_MAX &&
    attributes.length <= ATTRIBUTE_COUNT_MAX &&
    event.tags.length <= TAG_COUNT_MAX &&
    [...valuesOf(event), ...event.tags, ...attributes.flat()].every(
      (value) => value.length <= VALUE_LENGTH_MAX,
    );
  return isWithin ? event : cut(event);
}

function cut(event: NewEvent): NewEvent {
  const attributes = Object.entries(event.attributes).slice(0, ATTRIBUTE_COUNT_MAX);
  return {
    timeMs: event.timeMs,
    count: event.count,
    severity: event.severity,
    kind: cutValue(event.kind),
    name: cutValue(event.name),
    group: cutValue(event.group),
    service: cutValue(event.service),
    containerId: cutValue(event.containerId),
    image: cutValue(event.image),
    text: cutText(event.text, TEXT_LENGTH_MAX),
    tags: event.tags.slice(0, TAG_COUNT_MAX).map(cutValue),
    attributes: Object.fromEntries(
      attributes.map(([name, value]) => [cutValue(name), cutValue(value)]),
    ),
  };
}

function valuesOf(event: NewEvent): string[] {
  const { kind, name, group, service, containerId, image } = event;
  return [kind, name, group, service, containerId, image];
}

function cutValue(value: string): string {
  return cutText(value, VALUE_LENGTH_MAX);
}

function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The whole line. What escapes make longer than a record may be goes without tags and attributes. */
export function encodeRecord(event: StoredEvent): Uint8Array {
  const line = encodeLine(event);
  if (line.length <= RECORD_BYTES_MAX) return line;
  const text = cutText(event.text, VALUE_LENGTH_MAX);
  return encodeLine({ ...event, text, image: '', tags: [], attributes: {} });
}

function encodeLine(event: StoredEvent): Uint8Array {
  const json = encoder.encode(
    JSON.stringify({
      time: event.timeMs,
      id: event.id,
      kind: event.kind,
      severity: event.severity,
      ...(event.name !== '' && { name: event.name }),
      ...(event.group !== '' && { group: event.group }),
      ...(event.service !== '' && { service: event.service }),
      ...(event.containerId !== '' && { container: event.containerId }),
      ...(event.image !== '' && { image: event.image }),
      text: event.text,
      ...(event.tags.length > 0 && { tags: event.tags }),
      ...(Object.keys(event.attributes).length > 0 && { attributes: event.attributes }),
      ...(event.count > 1 && { count: event.count, until: event.untilMs }),
    }),
  );
  const line = new Uint8Array(HEAD_BYTES + json.length + 1);
  encoder.encodeInto(`${crc32c(json).toString(16).padStart(8, '0')} `, line);
  line.set(json, HEAD_BYTES);
  line[line.length - 1] = LINE_BREAK;
  return line;
}

export interface ScannedSegment {
  /** In the order of the file. */
  readonly events: StoredEvent[];
  /** Whole lines that do not match their checksum, or are no event. */
  readonly damaged: number;
  /** Where the last line ends; what stands behind it was not written whole. */
  readonly wholeBytes: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Reads the lines of a segment; only those whose time is asked for are parsed, all are checked. */
export function scanSegment(
  bytes: Uint8Array,
  span: { readonly startMs: number; readonly endMs: number },
): ScannedSegment {
  const events: StoredEvent[] = [];
  let damaged = 0;
  let wholeBytes = 0;
  let minMs = Infinity;
  let maxMs = -Infinity;
  for (;;) {
    const end = bytes.indexOf(LINE_BREAK, wholeBytes);
    if (end === -1) break;
    const json = checkedJson(bytes, wholeBytes, end);
    wholeBytes = end + 1;
    const times = json === undefined ? undefined : timesOf(json);
    if (json === undefined || times === undefined) {
      damaged++;
      continue;
    }
    minMs = Math.min(minMs, times.timeMs);
    maxMs = Math.max(maxMs, times.untilMs);
    if (times.timeMs > span.endMs || times.untilMs < span.startMs) continue;
    const event = decodeEvent(json);
    if (event === undefined) damaged++;
    else events.push(event);
  }
  return { events, damaged, wholeBytes, minMs, maxMs };
}

/** Undefined where the checksum does not match. */
function checkedJson(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= HEAD_BYTES) return undefined;
  const head = decoder.decode(bytes.subarray(start, start + HEAD_BYTES));
  if (!/^[0-9a-f]{8} $/.test(head)) return undefined;
  if (parseInt(head, 16) !== crc32c(bytes, start + HEAD_BYTES, end)) return undefined;
  return decoder.decode(bytes.subarray(start + HEAD_BYTES, end));
}

/** Read without parsing all of it; the times of entries that stand for many are at both ends. */
function timesOf(json: string): { timeMs: number; untilMs: number } | undefined {
  if (!json.startsWith(TIME_START)) return undefined;
  const timeMs = Number.parseInt(json.slice(TIME_START.length, TIME_START.length + 16), 10);
  if (!Number.isSafeInteger(timeMs)) return undefined;
  const until = /,"until":(\d{1,16})\}$/.exec(json.slice(-32));
  return { timeMs, untilMs: Math.max(timeMs, Number(until?.[1] ?? timeMs)) };
}

const SEVERITIES: ReadonlySet<unknown> = new Set(['info', 'warning', 'error']);

/** Undefined where it is no event; fields that are missing or of another type are empty. */
function decodeEvent(json: string): StoredEvent | undefined {
  const value = parseObject(json);
  if (value === undefined) return undefined;
  const { time, id, severity, until, count } = value;
  if (typeof time !== 'number') return undefined;
  return {
    timeMs: time,
    id: typeof id === 'number' ? id : 0,
    kind: textOf(value['kind']),
    severity: SEVERITIES.has(severity) ? (severity as EventSeverity) : 'info',
    name: textOf(value['name']),
    group: textOf(value['group']),
    service: textOf(value['service']),
    containerId: textOf(value['container']),
    image: textOf(value['image']),
    text: textOf(value['text']),
    tags: Array.isArray(value['tags']) ? value['tags'].filter(isText) : [],
    attributes: Object.fromEntries(
      Object.entries(isObject(value['attributes']) ? value['attributes'] : {}).filter(
        (entry): entry is [string, string] => isText(entry[1]),
      ),
    ),
    count: typeof count === 'number' ? count : 1,
    untilMs: typeof until === 'number' ? Math.max(time, until) : time,
  };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOf(value: unknown): string {
  return isText(value) ? value : '';
}
