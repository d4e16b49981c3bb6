/** Width in pixels of a text at a font size of 1 pixel. */
export type MeasureText = (text: string, weight: number) => number;

const REFERENCE_PX = 100;
/** Of a text that cannot be measured, since there is no canvas. */
const GUESSED_EM = 0.6;
const CACHE_MAX = 2000;
const widths = new Map<string, number>();
let canvas: CanvasRenderingContext2D | null | undefined;

/** As the browser sets it in the page's own font. */
export function measureText(text: string, weight: number): number {
  const key = `${weight} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  canvas ??= document.createElement('canvas').getContext('2d');
  let width = text.length * GUESSED_EM;
  if (canvas !== null) {
    const family = getComputedStyle(document.body).fontFamily || 'sans-serif';
    canvas.font = `${weight} ${REFERENCE_PX}px ${family}`;
    width = canvas.measureText(text).width / REFERENCE_PX;
  }
  if (widths.size >= CACHE_MAX) widths.clear();
  widths.set(key, width);
  return width;
}

export interface TextRoom {
  readonly width: number;
  readonly height: number;
  /** Of the font, in pixels. */
  readonly min: number;
  readonly max: number;
}

/** The largest font size at which a line of this width (at 1 pixel) fits; `min` where none does. */
export function fitFont(widthAtOne: number, room: TextRoom): number {
  const byWidth = widthAtOne > 0 ? room.width / widthAtOne : room.max;
  const fitted = Math.min(byWidth, room.height / LINE_HEIGHT, room.max);
  return Math.max(room.min, Math.floor(fitted * 10) / 10);
}

/** Of values and names, as in dashboard-panels.css. */
export const LINE_HEIGHT = 1.15;

/** A text that is cut with an ellipsis where it is wider, since nothing else in a drawing cuts it. */
export function fitWords(
  text: string,
  fontPx: number,
  { width, measure = measureText }: { width: number; measure?: MeasureText },
): string {
  const short = text.slice(0, 300);
  if (measure(short, 400) * fontPx <= width) return short;
  let low = 0;
  let high = short.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${short.slice(0, middle)}…`, 400) * fontPx <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${short.slice(0, low).trimEnd()}…`;
}
