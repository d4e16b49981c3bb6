export interface GaugeSize {
  readonly centreX: number;
  readonly centreY: number;
  readonly radius: number;
  /** Of the band of the value. */
  readonly thickness: number;
}

/** Degrees, clockwise from the top: the gap is below. */
const START_DEGREES = -120;
const END_DEGREES = 120;
/** How far the ends of the arc reach below its centre, in radii. */
const DROP = -Math.cos((END_DEGREES * Math.PI) / 180);

/** The largest arc in a box, with a margin around it for labels. */
export function fitGauge(width: number, height: number, marginPx: number): GaugeSize {
  const room = Math.max(4, width - marginPx * 2);
  const radius = Math.max(4, Math.min(room / 2, (height - marginPx) / (1 + DROP) - 2));
  const drawn = radius * (1 + DROP);
  return {
    centreX: width / 2,
    centreY: Math.max(0, (height - drawn - marginPx) / 2) + marginPx + radius,
    radius,
    thickness: Math.max(3, radius * 0.2),
  };
}

/** Where a share (0 to 1) of the arc is, at a distance from the centre. */
export function pointOnArc(gauge: GaugeSize, share: number, radius: number): [number, number] {
  const degrees = START_DEGREES + (END_DEGREES - START_DEGREES) * share;
  const angle = (degrees * Math.PI) / 180;
  return [gauge.centreX + Math.sin(angle) * radius, gauge.centreY - Math.cos(angle) * radius];
}

/** A band of the arc between two shares, both within 0 to 1; '' where it has no length. */
export function arcBand(
  gauge: GaugeSize,
  [from, to]: readonly [number, number],
  [inner, outer]: readonly [number, number],
): string {
  if (!(to > from)) return '';
  const isLarge = (to - from) * (END_DEGREES - START_DEGREES) > 180 ? 1 : 0;
  const at = (share: number, radius: number): string =>
    pointOnArc(gauge, share, radius).map(round).join(' ');
  return (
    `M${at(from, outer)}A${round(outer)} ${round(outer)} 0 ${isLarge} 1 ${at(to, outer)}` +
    `L${at(to, inner)}A${round(inner)} ${round(inner)} 0 ${isLarge} 0 ${at(from, inner)}Z`
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
