import {
  cssColour,
  hexOf,
  luminance,
  mixColours,
  parseColour,
  type Rgba,
  textColourOn,
} from '#dashboards';

/** The panel's own background, as in base.css. */
const PANELS: Readonly<Record<'dark' | 'light', Rgba>> = {
  dark: { r: 32, g: 28, b: 24, a: 1 },
  light: { r: 255, g: 255, b: 255, a: 1 },
};
const STEPS = 20;

/** A colour as text on the panel: as near to it as has this contrast, as WCAG counts it. */
export function readableColour(colour: string, isDark: boolean, ratio: number): string {
  const parsed = parseColour(colour, isDark);
  if (parsed === undefined) return colour;
  const opaque = { ...parsed, a: 1 };
  const background = luminance(isDark ? PANELS.dark : PANELS.light);
  const channel = isDark ? 255 : 0;
  const goal: Rgba = { r: channel, g: channel, b: channel, a: 1 };
  for (let step = 0; step < STEPS; step++) {
    const mixed = mixColours(opaque, goal, step / STEPS);
    if (contrastOf(luminance(mixed), background) >= ratio) return hexOf(mixed);
  }
  return hexOf(goal);
}

/** Black or white, whichever reads better on a colour of the panel; the panel shows through what is transparent. */
export function textOn(colour: string, isDark: boolean): string {
  const parsed = parseColour(colour, isDark);
  if (parsed === undefined || parsed.a >= 1) return textColourOn(colour);
  if (parsed.a === 0) return cssColour('text', isDark);
  const panel = isDark ? PANELS.dark : PANELS.light;
  return textColourOn(hexOf({ ...mixColours(panel, { ...parsed, a: 1 }, parsed.a), a: 1 }));
}

function contrastOf(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
