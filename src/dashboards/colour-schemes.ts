import type { Rgba } from './colours.ts';
import { fromHsl, hexOf, mixColours, parseColour, toHsl } from './colours.ts';
import { nameHash } from './series-colours.ts';

/** From the lowest value to the highest. Names are read as those of files. */
const continuous: Readonly<Record<string, readonly string[]>> = {
  grylrd: ['green', 'yellow', 'red'],
  rdylgr: ['red', 'yellow', 'green'],
  blylrd: ['dark-blue', 'super-light-yellow', 'dark-red'],
  ylrd: ['super-light-yellow', 'dark-red'],
  blpu: ['blue', 'purple'],
  ylbl: ['super-light-yellow', 'dark-blue'],
};

/** Of one hue: from the page's own tint to full. */
const oneHue: Readonly<Record<string, number>> = {
  blues: 212,
  reds: 356,
  greens: 146,
  purples: 272,
  oranges: 24,
};

/** The five of matplotlib (public domain), as anchors at equal distances; and rainbows of the kind. */
const anchors: Readonly<Record<string, string>> = {
  viridis: '#440154 #414487 #2a788e #22a884 #7ad151 #fde725',
  magma: '#000004 #3b0f70 #8c2981 #de4968 #fe9f6d #fcfdbf',
  plasma: '#0d0887 #6a00a8 #b12a90 #e16462 #fca636 #f0f921',
  inferno: '#000004 #420a68 #932667 #dd513a #fca50a #fcffa4',
  cividis: '#00224e #35456c #666970 #948e77 #c8b866 #fee838',
  turbo: '#30123b #4662d7 #36aaf9 #1ae4b6 #72fe5e #c8ef34 #faba39 #f66b19 #ca2a04 #7a0403',
  greys: '#f5f5f5 #111111',
  spectral: '#5a4fa0 #4ba5b0 #c6e59f #fdf3b5 #f5955a #9e0f45',
  rdylbu: '#a50f26 #f48254 #fdf3b5 #8abbd8 #333a95',
  rdylgn: '#a50f26 #f48254 #fdf3b5 #86ca67 #0a6b3a',
  rdbu: '#6a0a22 #d96b55 #f6f2ef #5fa3cb #0a3262',
  ylorrd: '#fff7bf #fdb04e #f04a2c #7f0a26',
  ylorbr: '#fff9d6 #fdb04e #d8621a #66260a',
  ylgnbu: '#fbfbcf #7fcdba #2f87bd #142160',
  ylgn: '#fdfbd4 #7cc67d #0a4a2c',
  bugn: '#f2f9fa #66c0a5 #0a4a22',
  bupu: '#f3f9fb #8f97c8 #4d0a4b',
  gnbu: '#f3fbee #7accc2 #0a4283',
  orrd: '#fff4e6 #fb8d5a #7f0a0a',
  pubu: '#fcf5f9 #74a9cf #0a385a',
  purd: '#f5f2f8 #df66b0 #66081f',
  rdpu: '#fff4f0 #f768a1 #49086a',
  cool: '#6e40aa #1bd0d5 #aff05b',
  warm: '#6e40aa #fe4b83 #e2b72f #aff05b',
  cubehelixdefault: '#000000 #1a5a4a #a5794f #c6b3ea #ffffff',
};

/** The colours of a scheme, of a field (`continuous-GrYlRd`) or a heatmap (`Oranges`); undefined for none of the kind. */
export function schemeColours(name: string, isDark: boolean): readonly Rgba[] | undefined {
  const key = name.toLowerCase().replace(/^(?:continuous|interpolate)-?/, '');
  if (Object.hasOwn(continuous, key)) {
    return (continuous[key] ?? []).flatMap((colour) => parseColour(colour, isDark) ?? []);
  }
  const hue = Object.hasOwn(oneHue, key) ? oneHue[key] : undefined;
  if (hue !== undefined) {
    return isDark
      ? [fromHsl(hue, 35, 18), fromHsl(hue, 70, 50), fromHsl(hue, 90, 78)]
      : [fromHsl(hue, 60, 92), fromHsl(hue, 72, 58), fromHsl(hue, 80, 25)];
  }
  if (!Object.hasOwn(anchors, key)) return undefined;
  return (anchors[key] ?? '').split(' ').flatMap((colour) => parseColour(colour, isDark) ?? []);
}

/** The colour at a fraction of a scheme; of an unknown one, of oranges. */
export function schemeColour(name: string, fraction: number, isDark: boolean): string {
  return colourAlong(
    schemeColours(name, isDark) ?? schemeColours('oranges', isDark) ?? [],
    fraction,
  );
}

/** `count` colours of a scheme at equal distances, for whoever draws many cells. */
export function schemeSteps(name: string, count: number, isDark: boolean): string[] {
  const bounded = Math.min(256, Math.max(2, Math.floor(count)));
  return Array.from({ length: bounded }, (_, i) => schemeColour(name, i / (bounded - 1), isDark));
}

export function colourAlong(colours: readonly Rgba[], fraction: number): string {
  const place =
    Math.min(1, Math.max(0, Number.isNaN(fraction) ? 0 : fraction)) * (colours.length - 1);
  const below = Math.floor(place);
  const from = colours[below];
  if (from === undefined) return '#808080';
  return hexOf(mixColours(from, colours[below + 1] ?? from, place - below));
}

/** A shade of one colour for a series, by its name: the mode `shades`. */
export function shadeOf(colour: string, name: string, isDark: boolean): string {
  const base = parseColour(colour, isDark) ?? parseColour('green', isDark);
  if (base === undefined) return '#808080';
  const [hue, saturation, lightness] = toHsl(base);
  const shift = ((nameHash(name) % 9) - 4) * 5;
  return hexOf({
    ...fromHsl(hue, saturation, Math.min(88, Math.max(16, lightness + shift))),
    a: base.a,
  });
}
