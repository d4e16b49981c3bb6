import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from '../suite.ts';

export async function readCases<T>(dir: string, file: string): Promise<readonly T[]> {
  const text = await readFile(join(dir, file), 'utf8');
  return (JSON.parse(text) as { cases: readonly T[] }).cases;
}

/** A number as the case files write it: JSON, or 'NaN', '+Inf', '-Inf', '-0', or a big integer. */
export function caseNumber(value: number | string): number {
  if (value === '+Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return Number(value);
}

/** A text or, where it is not UTF-8, `{base64}`. */
export function caseBytes(text: string | undefined, base64: string | undefined): Uint8Array {
  return base64 === undefined ? Buffer.from(text ?? '', 'utf8') : Buffer.from(base64, 'base64');
}

/** Compares by JSON text, in which NaN and infinities must have been written as strings. */
export function compare(id: string, got: unknown, wanted: unknown): CaseResult {
  const gotText = canonical(got);
  const wantedText = canonical(wanted);
  if (gotText === wantedText) return { id, ok: true };
  return { id, ok: false, message: `wanted ${wantedText}\n   got ${gotText}` };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return String(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const sorted = Object.entries(inner).filter(([, item]) => item !== undefined);
    return Object.fromEntries(sorted.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
