export interface PieSlice {
  readonly from: number;
  readonly to: number;
}

/** Turns (0 to 1, clockwise from the top) of each value; what is negative or no number has no slice. */
export function sliceTurns(values: readonly number[]): PieSlice[] {
  const sizes = values.map((value) => (value > 0 && Number.isFinite(value) ? value : 0));
  // Divided first: the sum of the largest numbers is none.
  const largest = Math.max(...sizes, Number.MIN_VALUE);
  const total = sizes.reduce((sum, size) => sum + size / largest, 0);
  let turned = 0;
  return sizes.map((size) => {
    const from = turned;
    turned += total > 0 ? size / largest / total : 0;
    return { from, to: Math.min(1, turned) };
  });
}

export interface PieSize {
  readonly centreX: number;
  readonly centreY: number;
  readonly radius: number;
  readonly innerRadius: number;
}

export function pointOfTurn(pie: PieSize, turn: number, radius: number): [number, number] {
  const angle = turn * 2 * Math.PI;
  return [pie.centreX + Math.sin(angle) * radius, pie.centreY - Math.cos(angle) * radius];
}

/** The outline of a slice. */
export function slicePath(pie: PieSize, { from, to }: PieSlice): string {
  if (to - from <= 0) return '';
  if (to - from > 0.9999) return ringPath(pie);
  const isLarge = to - from > 0.5 ? 1 : 0;
  const at = (turn: number, radius: number): string =>
    pointOfTurn(pie, turn, radius)
      .map((length) => Math.round(length * 100) / 100)
      .join(' ');
  const { radius, innerRadius } = pie;
  const outer = `M${at(from, radius)}A${radius} ${radius} 0 ${isLarge} 1 ${at(to, radius)}`;
  if (innerRadius <= 0) return `${outer}L${at(0, 0)}Z`;
  return `${outer}L${at(to, innerRadius)}A${innerRadius} ${innerRadius} 0 ${isLarge} 0 ${at(from, innerRadius)}Z`;
}

/** A whole circle, of two arcs, since one to its own start is none; the hole runs the other way round. */
function ringPath({ centreX, centreY, radius, innerRadius }: PieSize): string {
  const circle = (r: number, sweep: 0 | 1): string => {
    const half = (y: number): string => `A${r} ${r} 0 1 ${sweep} ${centreX} ${y}`;
    return `M${centreX} ${centreY - r}${half(centreY + r)}${half(centreY - r)}Z`;
  };
  return circle(radius, 1) + (innerRadius > 0 ? circle(innerRadius, 0) : '');
}
