/** As Go writes a time.Duration: `1h46m30.001s`, `0s`, `5ms`. Whole milliseconds. */
export function formatGoDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  if (durationMs < 0) return `-${formatGoDuration(-durationMs)}`;
  if (durationMs < 1000) return `${durationMs}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const seconds = (durationMs % 60_000) / 1000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** As Go writes a UTC time without a fraction: `2023-11-14 22:13:20 +0000 UTC`. */
export function formatGoTime(timeMs: number): string {
  const text = new Date(Math.trunc(timeMs / 1000) * 1000).toISOString();
  return `${text.slice(0, text.indexOf('T'))} ${text.slice(text.indexOf('T') + 1, -5)} +0000 UTC`;
}

/** `5KiB245B`, as promtool has it. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  let text = '';
  let rest = bytes;
  for (const [exponent, unit] of ['B', 'K', 'M', 'G', 'T', 'P', 'E'].entries()) {
    const count = exponent === 6 ? rest : rest % 1024;
    rest = Math.floor(rest / 1024);
    if (count > 0) text = `${count}${exponent === 0 ? 'B' : `${unit}iB`}${text}`;
    if (rest === 0) break;
  }
  return text;
}

/** Labels as promtool shows a series: all of them in braces, the name as any other. */
export function formatLabelSet(labels: readonly string[], quote: (text: string) => string): string {
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    const shown = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name);
    parts.push(`${shown}=${quote(labels[i + 1] ?? '')}`);
  }
  return `{${parts.join(', ')}}`;
}
