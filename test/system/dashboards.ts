import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const CORPUS = join(root, '..', 'shared', 'corpus', 'dashboards');

/** Those that show the machine, by the names of their files. */
export const HOST_DASHBOARDS: readonly string[] = [
  'node-exporter-full-1860',
  'dockprom-host',
  'swarmprom-services',
];

export interface DashboardPanel {
  readonly title: string;
  readonly expressions: readonly string[];
  /** Metrics that the expressions name, sorted. */
  readonly names: readonly string[];
}

interface PanelFile {
  readonly title?: string;
  readonly panels?: readonly PanelFile[];
  readonly targets?: readonly { readonly expr?: string }[];
}

interface DashboardFile {
  readonly panels?: readonly PanelFile[];
  readonly rows?: readonly PanelFile[];
}

/** The panels of a Grafana dashboard that ask for something. */
export function panelsOf(dashboard: string): readonly DashboardPanel[] {
  const text = readFileSync(join(CORPUS, `${dashboard}.json`), 'utf8');
  const file = JSON.parse(text) as DashboardFile;
  const all = [...(file.panels ?? []), ...(file.rows ?? [])].flatMap(withInner);
  return all.flatMap(({ title = '', targets = [] }) => {
    const expressions = targets.flatMap(({ expr = '' }) => (expr === '' ? [] : [expr]));
    if (expressions.length === 0) return [];
    return [{ title, expressions, names: namesIn(expressions.join('\n')) }];
  });
}

function withInner(panel: PanelFile): PanelFile[] {
  return [panel, ...(panel.panels ?? []).flatMap(withInner)];
}

const METRIC = /\b(?:node|container|engine|swarm|machine|process)_[a-zA-Z0-9_]+/g;

function namesIn(text: string): string[] {
  return [...new Set(text.match(METRIC) ?? [])].toSorted();
}
