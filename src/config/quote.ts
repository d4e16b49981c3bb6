const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u;

/** Quotes a text as Go's `%q` does; messages must look the same. */
export function quote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    quoted += SHORT[character] ?? (UNPRINTABLE.test(character) ? escape(character) : character);
  }
  return `${quoted}"`;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // A byte that is not UTF-8 stands as U+DC00 + byte, see `textOfBytes`.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Text of bytes; those that are no UTF-8 become lone surrogates, which no valid name or value has. */
export function textOfBytes(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.includes('\ufffd')) return text;
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join(
    '',
  );
}
