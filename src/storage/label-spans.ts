import type { Labels } from '#model';

/**
 * Label sets as they lie in a message or page: UTF-8 in place, nothing copied, no strings made. The set
 * that is meant is the one of `count` labels from label `start` on; there may be others around it.
 *
 *     const spans = new LabelSpans(page);
 *     for each label: spans.add(nameStart, nameEnd, valueStart, valueEnd);
 *     spans.select(0, spans.length);
 *     const ref = appender.findSeries(spans) || appender.seriesRefOfSpans(checked(spans));
 */
export class LabelSpans {
  bytes: Uint8Array;
  view: DataView;
  /** By label: start and end of its name, start and end of its value; ends are not included. */
  spans: Int32Array;
  /** Labels that were added. */
  length = 0;
  /** The set that is meant. */
  start = 0;
  count = 0;

  constructor(bytes: Uint8Array, capacity = 32) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.spans = new Int32Array(capacity * 4);
  }

  /** Turns to other bytes, without labels. The memory for spans is used again. */
  turnTo(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.clear();
  }

  clear(): void {
    this.length = 0;
    this.start = 0;
    this.count = 0;
  }

  add(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.length++ * 4;
    if (at === this.spans.length) this.#grow();
    const { spans } = this;
    spans[at] = nameStart;
    spans[at + 1] = nameEnd;
    spans[at + 2] = valueStart;
    spans[at + 3] = valueEnd;
  }

  select(start: number, count: number): void {
    this.start = start;
    this.count = count;
  }

  /** Whether all of the set is ASCII, looked at four bytes at a time. */
  isAscii(): boolean {
    const { spans, view } = this;
    let seen = 0;
    for (let i = this.start * 4; i < (this.start + this.count) * 4; i += 2) {
      const end = spans[i + 1] ?? 0;
      let at = spans[i] ?? 0;
      for (; at + 4 <= end; at += 4) seen |= view.getInt32(at);
      for (; at < end; at++) seen |= view.getInt8(at);
    }
    return (seen & 0x80808080) === 0;
  }

  /** Whether each name comes after the one before it, in the order of their bytes. */
  isSorted(): boolean {
    const end = this.start + this.count;
    for (let i = this.start + 1; i < end; i++) if (this.#compareNames(i - 1, i) >= 0) return false;
    return true;
  }

  /** Brings the set into the order of names; of the same name the one added first comes first. */
  sort(): void {
    const end = this.start + this.count;
    for (let i = this.start + 1; i < end; i++) {
      for (let at = i; at > this.start && this.#compareNames(at - 1, at) > 0; at--) this.#swap(at);
    }
  }

  /** Takes labels without a value out of the set. */
  dropEmpty(): void {
    const { spans } = this;
    let kept = this.start;
    for (let i = this.start; i < this.start + this.count; i++) {
      if (spans[i * 4 + 2] === spans[i * 4 + 3]) continue;
      if (kept !== i) spans.copyWithin(kept * 4, i * 4, i * 4 + 4);
      kept++;
    }
    this.count = kept - this.start;
  }

  /**
   * The index in the (sorted) set of the first label that has the name of one before it; 0: none has.
   * Labels without a value do not count.
   */
  duplicate(): number {
    const { spans } = this;
    let before = -1;
    for (let i = this.start; i < this.start + this.count; i++) {
      if (spans[i * 4 + 2] === spans[i * 4 + 3]) continue;
      if (before >= 0 && this.#compareNames(before, i) === 0) return i - this.start;
      before = i;
    }
    return 0;
  }

  /** As strings, in the order in which they stand. Slow; throws URIError where they are not UTF-8. */
  labels(): Labels {
    const labels: string[] = [];
    for (let i = this.start * 2; i < (this.start + this.count) * 2; i++) {
      labels.push(decodeUtf8(this.bytes, this.spans[i * 2] ?? 0, this.spans[i * 2 + 1] ?? 0));
    }
    return labels;
  }

  /** Below 0 where the name of label `a` comes first. */
  #compareNames(a: number, b: number): number {
    const { spans, bytes } = this;
    let i = spans[a * 4] ?? 0;
    let j = spans[b * 4] ?? 0;
    const iEnd = spans[a * 4 + 1] ?? 0;
    const jEnd = spans[b * 4 + 1] ?? 0;
    for (; i < iEnd && j < jEnd; i++, j++) {
      if (bytes[i] !== bytes[j]) return (bytes[i] ?? 0) - (bytes[j] ?? 0);
    }
    return iEnd - i - (jEnd - j);
  }

  /** Exchanges a label and the one before it. */
  #swap(label: number): void {
    const { spans } = this;
    for (let i = label * 4; i < label * 4 + 4; i++) {
      const span = spans[i] ?? 0;
      spans[i] = spans[i - 4] ?? 0;
      spans[i - 4] = span;
    }
  }

  #grow(): void {
    const grown = new Int32Array(this.spans.length * 2);
    grown.set(this.spans);
    this.spans = grown;
  }
}

function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let isAscii = true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7f) isAscii = false;
    text += String.fromCharCode(byte);
  }
  if (isAscii) return text;
  // The language itself has no other decoder.
  return decodeURIComponent(text.replaceAll(/[^]/g, escaped));
}

function escaped(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
