/** What is wrong in a configuration file, and where. Line and column begin at 1. */
export interface ConfigError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** In Prometheus' words. */
  readonly message: string;
  /** What would mend it, where that can be told. */
  readonly remedy?: string;
  /** `syntax`: not YAML. `type`: an unknown or repeated field, a value of another kind. `value`: refused. */
  readonly kind: 'syntax' | 'type' | 'value' | 'file';
}

/**
 * The errors as the one text that Prometheus gives: the first refused value, or all the unknown fields
 * and wrong types together; what is wrong in the file itself says which file that is.
 */
export function describeErrors(errors: readonly ConfigError[], fileName: string): string {
  const first = errors.find((error) => error.kind !== 'type') ?? errors[0];
  if (first === undefined) return '';
  if (first.kind === 'file' && first.file === fileName) return first.message;
  const message = first.kind === 'type' ? describeTypeErrors(errors) : first.message;
  return first.file === fileName
    ? `parsing YAML file ${fileName}: ${message}`
    : `${JSON.stringify(first.file)}: ${message}`;
}

/** Unknown fields and wrong types as Go's decoder lists them. */
export function describeTypeErrors(errors: readonly ConfigError[]): string {
  const lines = errors.map((error) => `\n  line ${error.line}: ${error.message}`);
  return `yaml: unmarshal errors:${lines.join('')}`;
}

/** `prometheus.yml:3:5: field x not found in type y (did you mean z?)`, one line for each error. */
export function formatErrors(errors: readonly ConfigError[]): string {
  return errors
    .map(({ file, line, column, message, remedy }) => {
      const hint = remedy === undefined ? '' : ` (${remedy})`;
      return `${file}:${line}:${column}: ${message}${hint}`;
    })
    .join('\n');
}

/** The name among the known ones that is most like what was written, if any is like it. */
export function nearestName(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters, and two at least, may differ; beyond that a hint confuses.
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(written, name, bestDistance);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 100) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? limit;
}
