const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22 20:30:05` on the clock of a zone of the tz database; milliseconds where there are some. */
export function timeText(timeMs: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'medium',
      timeZone: zone,
    });
    formats.set(zone, format);
  }
  const fraction = Math.round(timeMs) % 1000;
  const text = format.format(timeMs);
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(3, '0')}`;
}
