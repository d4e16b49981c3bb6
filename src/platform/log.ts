export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'logfmt' | 'json';

/** Facts of one line beside its message. Secrets do not belong here. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to each of its lines. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  /** Lines below this level are not written. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Receives each line with its newline. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly nowMs?: () => number;
}

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A longer value is cut, so that a hostile page or label cannot flood the log. Characters. */
const VALUE_LENGTH_MAX = 4096;

/** The keys of Prometheus' log lines: `time`, `level`, `msg`, then the fields. */
export function createLog(options: LogOptions): Log {
  return logWith(options, {});
}

function logWith(options: LogOptions, common: LogFields): Log {
  const line = (level: LogLevel, message: string, fields?: LogFields): void => {
    if (RANKS[level] < RANKS[options.level]) return;
    const time = new Date((options.nowMs ?? Date.now)()).toISOString();
    const all = { time, level: level.toUpperCase(), msg: message, ...common, ...fields };
    options.write(options.format === 'json' ? jsonLine(all) : logfmtLine(all));
  };
  return {
    debug: (message, fields) => line('debug', message, fields),
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
    child: (fields) => logWith(options, { ...common, ...fields }),
  };
}

function jsonLine(all: LogFields): string {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    shown[name] =
      typeof value === 'number' || typeof value === 'boolean' ? value : shownValue(value);
  }
  return `${JSON.stringify(shown)}\n`;
}

function logfmtLine(all: LogFields): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    parts.push(`${name}=${quoteIfNeeded(shownValue(value))}`);
  }
  return `${parts.join(' ')}\n`;
}

/** A value as one line of text; an error with its causes. */
function shownValue(value: unknown): string {
  const text = value instanceof Error ? errorText(value) : plainText(value);
  if (text.length <= VALUE_LENGTH_MAX) return text;
  return `${text.slice(0, VALUE_LENGTH_MAX)}... (${text.length} characters)`;
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}

/** The message of an error followed by those of its causes. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${errorText(error.cause)}`;
}

function quoteIfNeeded(text: string): string {
  return /^[^\s"=\\\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

const nothing = (): void => {};

export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
