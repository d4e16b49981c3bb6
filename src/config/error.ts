import { nearestText } from '#model';

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
  // A third of the letters, and two at least, may differ; beyond that a hint confuses.
  const changesMax = Math.max(2, Math.floor(written.length / 3));
  return nearestText(written, known, () => changesMax);
}
