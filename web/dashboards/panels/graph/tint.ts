/** The same lightness with another hue; what is no hex colour stays. */
export function shiftHue(colour: string, degrees: number): string {
  const parts = readHex(colour);
  if (parts === undefined) return colour;
  const [r, g, b] = parts;
  const max = Math.max(r, g, b) / 255;
  const min = Math.min(r, g, b) / 255;
  const lightness = (max + min) / 2;
  const span = max - min;
  if (span === 0) return colour;
  const saturation = span / (1 - Math.abs(2 * lightness - 1));
  const hue = (hueOf(r, g, b) + degrees + 360) % 360;
  return `hsl(${hue.toFixed(1)}, ${(saturation * 100).toFixed(1)}%, ${(lightness * 100).toFixed(1)}%)`;
}

function hueOf(r: number, g: number, b: number): number {
  const max = Math.max(r, g, b);
  const span = max - Math.min(r, g, b);
  if (max === r) return 60 * (((g - b) / span + 6) % 6);
  return max === g ? 60 * ((b - r) / span + 2) : 60 * ((r - g) / span + 4);
}

function readHex(colour: string): [number, number, number] | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(colour);
  const digits =
    short === null
      ? colour
      : `#${short
          .slice(1)
          .map((digit) => digit + digit)
          .join('')}`;
  const parts = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(digits);
  if (parts === null) return undefined;
  return [read(parts[1]), read(parts[2]), read(parts[3])];
}

function read(digits: string | undefined): number {
  return Number.parseInt(digits ?? '0', 16);
}
