import type { DashboardRewrite } from '#contract';
import { LABEL_RENAMES, renameOf } from './metric-renames.ts';

const NAME_OR_TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$?\b[a-zA-Z_:][\w:]*/g;

/** Names outside of texts, and variables left as they are. */
function withNames(expr: string, renamed: ReadonlyMap<string, string>): string {
  return expr.replaceAll(NAME_OR_TEXT, (found) => renamed.get(found) ?? found);
}

export interface RenameFacts {
  /** Of all that the storage knows. */
  readonly names: ReadonlySet<string>;
  /** Metrics that the expression names and that are not here. */
  readonly missing: readonly string[];
  /** Labels that it wants of metrics that are here and do not have them. */
  readonly missingLabels: readonly string[];
  /** Labels that those metrics have. */
  readonly labels: ReadonlySet<string>;
}

/** The expression with today's names of metrics and labels; undefined where none is known. */
export function rewriteNames(expr: string, facts: RenameFacts): DashboardRewrite | undefined {
  const renamed = new Map<string, string>();
  const reasons: string[] = [];
  for (const name of facts.missing) {
    const rename = renameOf(name, facts.names);
    if (rename === undefined) continue;
    renamed.set(name, rename.name);
    const note = rename.note === undefined ? '' : ` (${rename.note})`;
    reasons.push(`${name} is ${rename.name} since ${rename.since}${note}`);
  }
  for (const label of facts.missingLabels) {
    const rename = Object.hasOwn(LABEL_RENAMES, label) ? LABEL_RENAMES[label] : undefined;
    if (rename === undefined || !facts.labels.has(rename.to)) continue;
    renamed.set(label, rename.to);
    reasons.push(`label ${label} is ${rename.to} since ${rename.since}`);
  }
  const rewritten = withNames(expr, renamed);
  return rewritten === expr ? undefined : { expr, rewritten, kind: 'rename', reasons };
}

/** The expression with another value in a matcher, wherever it stands so; undefined where it does not. */
export function rewriteValue(
  expr: string,
  {
    label,
    value,
    nearest,
  }: { readonly label: string; readonly value: string; readonly nearest: string },
): DashboardRewrite | undefined {
  const pattern = new RegExp(`\\b${label}\\s*=~?\\s*(["'])([^"'\\\\]*)\\1`, 'g');
  const rewritten = expr.replaceAll(pattern, (found, _quote, text: string) =>
    text === value ? `${label}=${JSON.stringify(nearest)}` : found,
  );
  if (rewritten === expr) return undefined;
  return { expr, rewritten, kind: 'value', reasons: [`${label} is "${nearest}" here`] };
}
