import { isUtf8 } from 'node:buffer';
import { chooseFormat, createPageParser, EntryKind, negotiate } from '#exposition';
import {
  escapeName,
  type EscapingScheme,
  formatDuration,
  isLegacyLabelName,
  isLegacyMetricName,
  parseSignedDuration,
  unescapeName,
} from '#model';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from '../suite.ts';
import { caseBytes, compare, readCases } from './cases.ts';

export async function contentTypeFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly name: string;
    readonly content_type: string;
    readonly fallback_scrape_protocol: string | null;
    readonly expect: { readonly parser: string; readonly error_contains?: string };
  }
  const names = { text: 'prometheus-text', openmetrics: 'openmetrics', protobuf: 'protobuf' };
  const cases = await readCases<Case>(dir, 'content-type.json');
  return cases.map(({ name, content_type, fallback_scrape_protocol, expect }) => {
    const choice = chooseFormat(content_type, fallback_scrape_protocol ?? undefined);
    const parser = choice.format === undefined ? 'none' : names[choice.format];
    const wanted = expect.error_contains;
    const messageOk =
      wanted === undefined
        ? choice.message === undefined
        : choice.message?.includes(wanted) === true;
    return compare(name, { parser, messageOk }, { parser: expect.parser, messageOk: true });
  });
}

export async function negotiateFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly name: string;
    readonly offers_openmetrics: boolean;
    readonly default_escaping: EscapingScheme;
    readonly accept: string;
    readonly expect: { readonly content_type: string };
  }
  const cases = await readCases<Case>(dir, 'negotiate.json');
  return cases.map((one, i) => {
    const { contentType } = negotiate(one.accept, {
      openMetrics: one.offers_openmetrics,
      protobuf: true,
      defaultEscaping: one.default_escaping,
    });
    return compare(`${i} ${one.name}`, contentType, one.expect.content_type);
  });
}

export async function namesFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly kind: string;
    readonly name: string | { readonly base64: string };
    readonly expect: { readonly legacy: boolean; readonly utf8: boolean };
  }
  const cases = await readCases<Case>(dir, 'names.json');
  return cases.map(({ kind, name, expect }, i) => {
    const bytes =
      typeof name === 'string' ? caseBytes(name, undefined) : caseBytes('', name.base64);
    const text = Buffer.from(bytes).toString('utf8');
    const isLegacy = kind === 'metric name' ? isLegacyMetricName(text) : isLegacyLabelName(text);
    // Readers refuse what is not UTF-8 before it becomes a string.
    return compare(`${i}`, { legacy: isLegacy, utf8: text !== '' && isUtf8(bytes) }, expect);
  });
}

export async function escapingFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly kind: string;
    readonly input: string;
    readonly expect: Readonly<Record<string, string>>;
  }
  const cases = await readCases<Case>(dir, 'escaping.json');
  return cases.map(({ kind, input, expect }, i) => {
    if (kind !== 'escape') {
      return compare(`${i}`, { unescaped: unescapeName(input, 'values') }, expect);
    }
    const dots = escapeName(input, 'dots');
    const got = {
      underscores: escapeName(input, 'underscores'),
      dots,
      dots_unescaped: unescapeName(dots, 'dots'),
      values: escapeName(input, 'values'),
    };
    return compare(`${i}`, got, expect);
  });
}

export async function durationsFile(dir: string): Promise<readonly CaseResult[]> {
  interface Case {
    readonly input: string;
    readonly expect: {
      readonly ms?: number;
      readonly formatted?: string;
      readonly error?: boolean;
    };
  }
  const cases = await readCases<Case>(dir, 'durations.json');
  return cases.map(({ input, expect }) => {
    try {
      const ms = parseSignedDuration(input);
      return compare(input, { ms, formatted: formatDuration(ms) }, expect);
    } catch {
      return compare(input, { error: true }, expect);
    }
  });
}

export async function bodiesFile(dir: string): Promise<readonly CaseResult[]> {
  interface Body {
    readonly file: string;
    readonly content_type: string;
    readonly samples: number;
    readonly help: number;
    readonly type: number;
    readonly exemplars: number;
  }
  const text = await readFile(join(dir, 'bodies/index.json'), 'utf8');
  const { bodies } = JSON.parse(text) as { bodies: readonly Body[] };
  const results: CaseResult[] = [];
  for (const body of bodies) {
    const page = await readFile(join(dir, 'bodies', body.file));
    const parser = createPageParser(page, chooseFormat(body.content_type).format ?? 'text');
    const got = { samples: 0, help: 0, type: 0, exemplars: 0, error: parser.error };
    for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
      if (kind === EntryKind.error) break;
      if (kind === EntryKind.help) got.help++;
      if (kind === EntryKind.type) got.type++;
      if (kind !== EntryKind.series) continue;
      got.samples++;
      got.exemplars += parser.exemplars().length;
      if (parser.labels().length < 2) got.samples += 1e6;
    }
    got.error = parser.error;
    const { samples, help, type, exemplars } = body;
    results.push(compare(body.file, got, { samples, help, type, exemplars }));
  }
  return results;
}
