import type { Locator, Page } from 'playwright-core';

// What a picture looks like from afar. Of each of its parts is kept how dark it is, the hue of its strongest colour and
// how much of it is coloured. Letters are grey, so that fonts and how a browser smooths them change little; a line of
// one pixel is as much of a colour as a bar is, so that it is missed where it is not drawn.

const COLUMNS = 32;
const ROWS = 18;
const PARTS = COLUMNS * ROWS;

/** Three characters a part, by rows: lightness and share of colour as hexadecimal digits, the hue between them. */
export type Thumbnail = string;

/** Of elements of a page that are in its viewport, by the names that they are given. */
export async function thumbnailsOf(
  page: Page,
  elements: ReadonlyMap<string, Locator>,
): Promise<{ readonly png: Buffer; readonly thumbnails: Readonly<Record<string, Thumbnail>> }> {
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const boxes: Record<string, object | null> = {};
  for (const [name, element] of elements) boxes[name] = await element.boundingBox();
  // A page without our content policy, which would not let it read what it is given.
  const canvas = await page.context().newPage();
  try {
    const call = `(${SHRINK})(${JSON.stringify([png.toString('base64'), boxes, COLUMNS, ROWS])})`;
    return { png, thumbnails: await canvas.evaluate<Record<string, Thumbnail>>(call) };
  } finally {
    await canvas.close();
  }
}

/** Chroma is 0 to 255; what is below 28 is paper and smoothed letters. Hues are in steps of ten degrees, by letter. */
const SHRINK = `async ([base64, boxes, columns, rows]) => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const result = {};
  for (const [name, box] of Object.entries(boxes)) {
    if (box === null) continue;
    const width = Math.round(box.width);
    const height = Math.round(box.height);
    const { data } = context.getImageData(Math.round(box.x), Math.round(box.y), width, height);
    let text = '';
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const left = Math.floor((column * width) / columns);
        const right = Math.floor(((column + 1) * width) / columns);
        const top = Math.floor((row * height) / rows);
        const bottom = Math.floor(((row + 1) * height) / rows);
        let lightness = 0;
        let coloured = 0;
        let strongest = 0;
        let hue = 0;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const at = (y * width + x) * 4;
            const [red, green, blue] = data.subarray(at, at + 3);
            const high = Math.max(red, green, blue);
            const chroma = high - Math.min(red, green, blue);
            lightness += (red + green + blue) / 765;
            if (chroma < 28) continue;
            coloured++;
            if (chroma <= strongest) continue;
            strongest = chroma;
            hue =
              high === red
                ? ((green - blue) / chroma + 6) % 6
                : high === green
                  ? (blue - red) / chroma + 2
                  : (red - green) / chroma + 4;
          }
        }
        const count = (right - left) * (bottom - top);
        text += Math.round((lightness / count) * 15).toString(16);
        text += strongest === 0 ? '-' : (Math.round(hue * 6) % 36).toString(36);
        text += Math.ceil(Math.sqrt(coloured / count) * 15).toString(16);
      }
    }
    result[name] = text;
  }
  return result;
}`;

interface Part {
  /** 0 to 15. */
  readonly lightness: number;
  /** In steps of ten degrees; undefined where nothing is coloured. */
  readonly hue: number | undefined;
  /** 0 to 15; of a quarter of the area 7. */
  readonly coloured: number;
}

function partsOf(thumbnail: Thumbnail): readonly Part[] {
  return Array.from({ length: PARTS }, (_, i) => {
    const [lightness = '0', hue = '-', coloured = '0'] = thumbnail.slice(i * 3, i * 3 + 3);
    return {
      lightness: Number.parseInt(lightness, 16),
      hue: hue === '-' ? undefined : Number.parseInt(hue, 36),
      coloured: Number.parseInt(coloured, 16),
    };
  });
}

/**
 * How many of their parts one has and the other has not, there or right beside. Either way: what is missing and what
 * has come.
 */
export function unlikeParts(one: Thumbnail, other: Thumbnail): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  return missingFrom(a, b) + missingFrom(b, a);
}

function missingFrom(parts: readonly Part[], other: readonly Part[]): number {
  let missing = 0;
  for (const [i, part] of parts.entries()) {
    const row = Math.floor(i / COLUMNS);
    const column = i % COLUMNS;
    let isThere = false;
    for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, ROWS - 1); y++) {
      for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, COLUMNS - 1); x++) {
        const candidate = other[y * COLUMNS + x];
        isThere ||= candidate !== undefined && areAlike(part, candidate);
      }
    }
    if (!isThere) missing++;
  }
  return missing;
}

const LIGHTNESS_AWAY_MAX = 3;
const COLOURED_AWAY_MAX = 4;
/** Ten degrees each: as far as red and orange are from each other is too far. */
const HUE_AWAY_MAX = 1;

function areAlike(one: Part, other: Part): boolean {
  if (Math.abs(one.lightness - other.lightness) > LIGHTNESS_AWAY_MAX) return false;
  if (Math.abs(one.coloured - other.coloured) > COLOURED_AWAY_MAX) return false;
  if (one.hue === undefined || other.hue === undefined) return one.hue === other.hue;
  const away = Math.abs(one.hue - other.hue);
  return Math.min(away, 36 - away) <= HUE_AWAY_MAX;
}
