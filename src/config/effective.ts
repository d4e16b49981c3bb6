import { decodeYaml } from './decode.ts';
import { describeErrors } from './error.ts';
import type { Loaded } from './load.ts';
import { printYaml, showSettings } from './print.ts';
import { RELABEL_RULE } from './relabel-schema.ts';
import { ROOT } from './root-schema.ts';
import type { Settings, Shown } from './schema.ts';
import { SCRAPE_CONFIG } from './scrape-schema.ts';
import { readYaml } from './yaml-source.ts';

/** The settings that count, as JSON under their YAML keys; secrets hidden, zero values left out. */
export function showEffective(loaded: Pick<Loaded, 'settings' | 'jobs'>): {
  readonly root: Record<string, unknown>;
  readonly jobs: readonly Record<string, unknown>[];
} {
  return {
    root: toPlain(showSettings(loaded.settings, ROOT)) as Record<string, unknown>,
    jobs: loaded.jobs.map(
      (job) => toPlain(showSettings(job, SCRAPE_CONFIG)) as Record<string, unknown>,
    ),
  };
}

function toPlain(shown: Shown): unknown {
  if (shown instanceof Map) {
    return Object.fromEntries([...shown].map(([key, value]) => [key, toPlain(value as Shown)]));
  }
  if (Array.isArray(shown)) return shown.map((item) => toPlain(item as Shown));
  if (typeof shown === 'object' && shown !== null && 'flow' in shown) return toPlain(shown.flow);
  return shown;
}

/** Reads one relabel rule and prints it again, defaults included; the text of an error where it is bad. */
export function printRelabelRule(text: string): string {
  const source = readYaml(text, 'rule');
  if (!('root' in source)) return describeErrors(source, 'rule');
  const { value, errors } = decodeYaml(source, RELABEL_RULE);
  if (errors.length > 0) return describeErrors(errors, 'rule');
  return printYaml(showSettings((value ?? {}) as Settings, RELABEL_RULE));
}
