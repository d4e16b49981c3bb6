import type { Answer, MatrixSeries, QueryData } from '#contract';
import { type AnsweredData, columnsOfData, msOf, type SeriesColumns } from './answered-columns.ts';
import { readFloat } from './frame-columns.ts';

/**
 * The text of an answer of `query`, `query_range` or `query_live`. Points are nearly all of a large one, and as JSON an
 * array and a text each: they are read straight into columns, and only what is around them is parsed as JSON. Text
 * that is laid out in another way is parsed as a whole. Throws a SyntaxError for what is no JSON.
 */
export function readAnswer(text: string): Answer<AnsweredData> {
  const cut = text.includes(POINTS) ? cutPoints(text) : undefined;
  const answer = JSON.parse(cut?.rest ?? text) as Answer<QueryData>;
  if (answer.status === 'error') return answer;
  const { data } = answer;
  if (cut === undefined || data.resultType !== 'matrix') {
    return { ...answer, data: columnsOfData(data) };
  }
  return { ...answer, data: { ...data, result: data.result.map((one) => filled(one, cut)) } };
}

/** What no other part of an answer can look like: a label's value is a text, and a quote in a text stands behind `\`. */
const POINTS = '"values":[[';

interface Points {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

interface Cut {
  /** The JSON with `[[<index>,""]]` for the points of each series. */
  readonly rest: string;
  readonly points: readonly Points[];
}

function filled({ metric, values = [], histograms = [] }: MatrixSeries, cut: Cut): SeriesColumns {
  const { timesMs, values: numbers } = cut.points[values[0]?.[0] ?? -1] ?? NO_POINTS;
  return { metric, timesMs, values: numbers, histograms };
}

const NO_POINTS: Points = { timesMs: new Float64Array(0), values: new Float64Array(0) };

/** Undefined where the points are not written as the server writes them. */
function cutPoints(text: string): Cut | undefined {
  const points: Points[] = [];
  let rest = '';
  let restAt = 0;
  let before = NO_POINTS;
  for (let at = text.indexOf(POINTS); at >= 0; at = text.indexOf(POINTS, restAt)) {
    const scan = new PointScan(text, at + POINTS.length - 1, before.timesMs);
    if (!scan.read()) return undefined;
    before = scan.points();
    rest += `${text.slice(restAt, at)}"values":[[${points.length},""]]`;
    points.push(before);
    restAt = scan.at;
  }
  return { rest: rest + text.slice(restAt), points };
}

const ZERO = 0x30;
const NINE = 0x39;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Of one reading; grows with the longest series. */
let timeRoom = new Float64Array(1024);
let valueRoom = new Float64Array(1024);

/** Reads `[<seconds>,"<float>"],[…]` up to the bracket that ends the list. */
class PointScan {
  readonly #text: string;
  /** Of the series before, which most often has the same. */
  readonly #knownTimes: Float64Array;
  at: number;
  #count = 0;
  #timeMs = 0;

  constructor(text: string, at: number, knownTimes: Float64Array) {
    this.#text = text;
    this.at = at;
    this.#knownTimes = knownTimes;
  }

  /** False where something else stands there. */
  read(): boolean {
    const text = this.#text;
    this.#count = 0;
    for (;;) {
      if (text.charCodeAt(this.at) !== OPEN || !this.#readTime()) return false;
      if (text.charCodeAt(this.at) !== QUOTE) return false;
      const end = text.indexOf('"]', this.at + 1);
      if (end < 0) return false;
      this.#add(readFloat(text.slice(this.at + 1, end)));
      this.at = end + 2;
      const next = text.charCodeAt(this.at++);
      if (next === CLOSE) return true;
      if (next !== COMMA) return false;
    }
  }

  points(): Points {
    const count = this.#count;
    const values = valueRoom.slice(0, count);
    const known = this.#knownTimes;
    let isKnown = known.length === count;
    for (let i = 0; isKnown && i < count; i++) isKnown = known[i] === timeRoom[i];
    return { timesMs: isKnown ? known : timeRoom.slice(0, count), values };
  }

  #readTime(): boolean {
    const start = this.at + 1;
    let at = start;
    let code = this.#text.charCodeAt(at);
    let seconds = 0;
    for (; code >= ZERO && code <= NINE; code = this.#text.charCodeAt(++at)) {
      seconds = seconds * 10 + (code - ZERO);
    }
    if (code === COMMA && at > start && at - start < 13) this.#timeMs = seconds * 1000;
    else {
      at = this.#text.indexOf(',', start);
      const written = at < 0 ? '' : this.#text.slice(start, at);
      if (!JSON_NUMBER.test(written)) return false;
      this.#timeMs = msOf(Number(written));
    }
    this.at = at + 1;
    return true;
  }

  #add(value: number): void {
    if (this.#count === timeRoom.length) {
      timeRoom = grown(timeRoom);
      valueRoom = grown(valueRoom);
    }
    timeRoom[this.#count] = this.#timeMs;
    valueRoom[this.#count++] = value;
  }
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
