/** Channels 0 to 255, `a` 0 to 1. */
export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

/** Grafana's six names, as hues of our own that keep apart in lightness too. Degrees, percent. */
const hues: Readonly<Record<string, { readonly hue: number; readonly saturation: number }>> = {
  red: { hue: 356, saturation: 72 },
  orange: { hue: 24, saturation: 85 },
  yellow: { hue: 45, saturation: 88 },
  green: { hue: 146, saturation: 52 },
  blue: { hue: 212, saturation: 74 },
  purple: { hue: 272, saturation: 56 },
};

/** Lightness in percent on a dark and on a light page. */
const shades: Readonly<Record<string, readonly [dark: number, light: number]>> = {
  'super-light': [80, 66],
  light: [70, 54],
  '': [58, 42],
  'semi-dark': [48, 35],
  dark: [39, 28],
};

/** CSS names that files use beside Grafana's. */
const cssNames: Readonly<Record<string, string>> = {
  black: '#000000',
  white: '#ffffff',
  gray: '#808080',
  grey: '#808080',
  silver: '#c0c0c0',
  lightgray: '#d3d3d3',
  lightgrey: '#d3d3d3',
  darkgray: '#a9a9a9',
  darkgrey: '#a9a9a9',
  pink: '#ffc0cb',
  brown: '#a52a2a',
  cyan: '#00ffff',
  aqua: '#00ffff',
  teal: '#008080',
  magenta: '#ff00ff',
  fuchsia: '#ff00ff',
  violet: '#ee82ee',
  indigo: '#4b0082',
  navy: '#000080',
  lime: '#00ff00',
  olive: '#808000',
  maroon: '#800000',
  gold: '#ffd700',
  crimson: '#dc143c',
  salmon: '#fa8072',
  coral: '#ff7f50',
  tomato: '#ff6347',
  turquoise: '#40e0d0',
  darkgreen: '#006400',
  darkred: '#8b0000',
  darkblue: '#00008b',
  darkorange: '#ff8c00',
  lightgreen: '#90ee90',
  lightblue: '#add8e6',
  skyblue: '#87ceeb',
  steelblue: '#4682b4',
  royalblue: '#4169e1',
};

const transparent: Rgba = { r: 0, g: 0, b: 0, a: 0 };

/** A colour of a file: Grafana's name, a CSS name, hex, `rgb()`, `hsl()`. Undefined for what is none of these. */
export function parseColour(text: string, isDark: boolean): Rgba | undefined {
  const name = text.trim().toLowerCase().slice(0, 64);
  if (name === '') return undefined;
  if (name === 'transparent') return transparent;
  if (name === 'text') return parseHex(isDark ? '#d9dde3' : '#1f2933');
  return parseNamed(name, isDark) ?? parseHex(name) ?? parseFunction(name);
}

/** `#rrggbb`, or `#rrggbbaa`; `fallback` for what is no colour. It holds nothing else, whatever the file says. */
export function cssColour(text: string, isDark: boolean, fallback = '#808080'): string {
  const colour = parseColour(text, isDark);
  return colour === undefined ? fallback : hexOf(colour);
}

export function hexOf({ r, g, b, a }: Rgba): string {
  const channels = a >= 1 ? [r, g, b] : [r, g, b, a * 255];
  const digits = channels.map((channel) => {
    const bounded = Math.min(255, Math.max(0, Math.round(channel)));
    return bounded.toString(16).padStart(2, '0');
  });
  return `#${digits.join('')}`;
}

function parseNamed(name: string, isDark: boolean): Rgba | undefined {
  const dash = name.lastIndexOf('-');
  const base = name.slice(dash + 1);
  const shadeName = dash < 0 ? '' : name.slice(0, dash);
  const hue = Object.hasOwn(hues, base) ? hues[base] : undefined;
  const shade = Object.hasOwn(shades, shadeName) ? shades[shadeName] : undefined;
  if (hue !== undefined && shade !== undefined) {
    return fromHsl(hue.hue, hue.saturation, shade[isDark ? 0 : 1]);
  }
  const hex = Object.hasOwn(cssNames, name) ? cssNames[name] : undefined;
  return hex === undefined ? undefined : parseHex(hex);
}

function parseHex(text: string): Rgba | undefined {
  if (!/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(text)) return undefined;
  const isShort = text.length < 7;
  const channel = (i: number): number => {
    if (isShort) return Number.parseInt(`${text[i + 1] ?? ''}${text[i + 1] ?? ''}`, 16);
    return Number.parseInt(text.slice(2 * i + 1, 2 * i + 3), 16);
  };
  const hasAlpha = text.length === 5 || text.length === 9;
  return { r: channel(0), g: channel(1), b: channel(2), a: hasAlpha ? channel(3) / 255 : 1 };
}

function parseFunction(text: string): Rgba | undefined {
  const found = /^(rgb|hsl)a?\(([0-9.,%/ deg+-]{5,50})\)$/.exec(text);
  if (found === null) return undefined;
  const words = (found[2] ?? '').split(/[,/ ]+/).filter((word) => word !== '');
  if (words.length < 3 || words.length > 4) return undefined;
  const isHsl = found[1] === 'hsl';
  const [x = NaN, y = NaN, z = NaN] = words.slice(0, 3).map((word) => {
    const value = Number.parseFloat(word);
    return word.endsWith('%') && !isHsl ? value * 2.55 : value;
  });
  const a = alphaOf(words[3]);
  if ([x, y, z, a].some(Number.isNaN)) return undefined;
  return isHsl ? { ...fromHsl(x, y, z), a } : { r: x, g: y, b: z, a };
}

function alphaOf(word: string | undefined): number {
  if (word === undefined) return 1;
  const value = Number.parseFloat(word) / (word.endsWith('%') ? 100 : 1);
  return Math.min(1, Math.max(0, value));
}

/** Degrees and percent. */
export function fromHsl(hue: number, saturation: number, lightness: number): Rgba {
  const l = Math.min(100, Math.max(0, lightness)) / 100;
  const chroma = (Math.min(100, Math.max(0, saturation)) / 100) * Math.min(l, 1 - l);
  const channel = (n: number): number => {
    const k = (n + (((hue % 360) + 360) % 360) / 30) % 12;
    return 255 * (l - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return { r: channel(0), g: channel(8), b: channel(4), a: 1 };
}

/** Hue in degrees, the others in percent. */
export function toHsl({ r, g, b }: Rgba): readonly [hue: number, saturation: number, l: number] {
  const max = Math.max(r, g, b) / 255;
  const min = Math.min(r, g, b) / 255;
  const l = (max + min) / 2;
  const spread = max - min;
  if (spread === 0) return [0, 0, l * 100];
  const saturation = spread / (1 - Math.abs(2 * l - 1));
  const sixths =
    max === r / 255
      ? (g - b) / 255 / spread
      : max === g / 255
        ? (b - r) / 255 / spread + 2
        : (r - g) / 255 / spread + 4;
  return [(sixths * 60 + 360) % 360, saturation * 100, l * 100];
}

/** `fraction` of the way from one to the other. */
export function mixColours(from: Rgba, to: Rgba, fraction: number): Rgba {
  const between = (a: number, b: number): number => a + (b - a) * fraction;
  return {
    r: between(from.r, to.r),
    g: between(from.g, to.g),
    b: between(from.b, to.b),
    a: between(from.a, to.a),
  };
}

/** The same colour with another opacity, as CSS. */
export function withOpacity(colour: string, opacity: number): string {
  const parsed = parseColour(colour, false) ?? { r: 128, g: 128, b: 128, a: 1 };
  return hexOf({ ...parsed, a: parsed.a * Math.min(1, Math.max(0, opacity)) });
}

/** Relative luminance after WCAG 2, 0 to 1. */
export function luminance({ r, g, b }: Rgba): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Black or white, whichever reads better on a colour. */
export function textColourOn(background: string): string {
  const own = luminance(parseColour(background, false) ?? { r: 128, g: 128, b: 128, a: 1 });
  return 1.05 / (own + 0.05) >= (own + 0.05) / 0.05 ? '#ffffff' : '#000000';
}
