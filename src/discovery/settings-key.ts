import { createHash } from 'node:crypto';

/**
 * A string that is equal for equal settings, secrets and regexes included; shows none of them. Tells
 * whether a part of the configuration changed.
 */
export function settingsKey(settings: unknown): string {
  const hash = createHash('sha256');
  write(settings, (text) => hash.update(text));
  return hash.digest('base64');
}

function write(value: unknown, out: (text: string) => void): void {
  if (Array.isArray(value)) {
    out('[');
    for (const item of value) {
      write(item, out);
      out(',');
    }
    out(']');
  } else if (typeof value === 'object' && value !== null) {
    writeObject(value as Record<string, unknown>, out);
  } else {
    out(typeof value === 'string' ? JSON.stringify(value) : String(value));
  }
}

function writeObject(object: Record<string, unknown>, out: (text: string) => void): void {
  const { reveal } = object as { reveal?: () => string };
  if (typeof reveal === 'function') {
    write(reveal.call(object), out);
    return;
  }
  out('{');
  for (const name of Object.keys(object).toSorted()) {
    // The compiled form of a regex follows from its source.
    if (object[name] === undefined || typeof object[name] === 'function' || name === 'compiled') {
      continue;
    }
    out(`${JSON.stringify(name)}:`);
    write(object[name], out);
    out(',');
  }
  out('}');
}
