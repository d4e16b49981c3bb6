import { DecodeError } from '#bytes';
import type { ByteReader } from '#bytes';
import { LabelSpans } from '#storage';
import { TextEncoding } from '../label-text.ts';

/** Visits the series of a record by what follows its type; `labels` are valid during the call. Throws DecodeError. */
export function decodeSeries(
  reader: ByteReader,
  visit: (ref: number, labels: LabelSpans) => void,
): void {
  const spans = new LabelSpans(reader.bytes);
  let encoding: TextEncoding | undefined;
  while (reader.hasMore) {
    const ref = reader.readInt64();
    const start = reader.position;
    readLabels(reader, spans);
    if (isPlain(spans.view, start, reader.position)) {
      visit(ref, spans);
      continue;
    }
    // What is not UTF-8 becomes so.
    encoding ??= new TextEncoding();
    visit(ref, encoding.encode(stringsOf(reader, spans)));
  }
}

function readLabels(reader: ByteReader, spans: LabelSpans): void {
  const count = reader.readUvarint();
  // Each string takes a byte at least.
  if (count * 2 > reader.end - reader.position) {
    throw new DecodeError('cannot read more labels than there are bytes', reader.position);
  }
  spans.clear();
  for (let i = 0; i < count; i++) {
    const nameBytes = reader.readUvarint();
    const nameStart = reader.position;
    reader.skip(nameBytes);
    const valueBytes = reader.readUvarint();
    const valueStart = reader.position;
    reader.skip(valueBytes);
    spans.add(nameStart, nameStart + nameBytes, valueStart, valueStart + valueBytes);
  }
  spans.select(0, count);
}

/** Whether all bytes are below 0x80; false, too, where a text is so long that its length is not. */
function isPlain(view: DataView, start: number, end: number): boolean {
  let seen = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) seen |= view.getInt32(at, true);
  for (; at < end; at++) seen |= view.getUint8(at);
  return (seen & 0x80808080) === 0;
}

function stringsOf({ bytes }: ByteReader, { spans, count }: LabelSpans): string[] {
  const strings: string[] = [];
  for (let i = 0; i < count * 4; i += 2) {
    strings.push(decoder.decode(bytes.subarray(spans[i], spans[i + 1])));
  }
  return strings;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
