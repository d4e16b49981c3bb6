import { remoteWrite } from '../../test/system/remote-write.ts';

export const STEP_MS = 15_000;

/** How large what is drawn is. */
export interface DashboardSize {
  readonly panels: number;
  /** Of each panel. */
  readonly series: number;
  /** Of the one panel that has many. */
  readonly wideSeries: number;
}

const SERIES_A_REQUEST = 20;

/** Writes counters for each panel and a level for the wide one; every run has the same values. */
export async function writeSamples(
  url: string,
  { panels, series, wideSeries }: DashboardSize,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  const labels: Readonly<Record<string, string>>[] = [
    ...Array.from({ length: panels * series }, (_, i) => ({
      __name__: 'page_requests_total',
      instance: `10.0.0.${i % series}:9100`,
      job: 'page',
      panel: String(Math.floor(i / series)),
    })),
    ...Array.from({ length: wideSeries }, (_, i) => ({
      __name__: 'page_level',
      instance: `10.0.${i >> 8}.${i & 255}:9100`,
      job: 'page',
    })),
  ];
  const times: number[] = [];
  for (let timeMs = span.fromMs; timeMs <= span.toMs; timeMs += STEP_MS) times.push(timeMs);
  for (let first = 0; first < labels.length; first += SERIES_A_REQUEST) {
    const status = await remoteWrite(
      url,
      labels.slice(first, first + SERIES_A_REQUEST).flatMap((own, i) =>
        times.map((timestampMs, step) => ({
          labels: own,
          timestampMs,
          value: valueAt(own['panel'] !== undefined, first + i, step),
        })),
      ),
    );
    if (status >= 300) throw new Error(`cannot write samples: status ${status}`);
  }
}

/** Of a counter, or of a level. */
function valueAt(isCounter: boolean, series: number, step: number): number {
  if (isCounter) return step * (20 + (series % 17)) + ((step * series) % 13);
  return series + 20 * Math.sin((step + series * 7) / 40) + ((step * 31 + series) % 11);
}

type Json = Readonly<Record<string, unknown>>;

/** All panels on one screen, each with a legend, as dashboards of many services have them. */
export function panelsDashboard({ panels }: DashboardSize): Json {
  const perRow = 6;
  return dashboard(
    'bench-panels',
    Array.from({ length: panels }, (_, i) => ({
      ...graph(`Requests of ${i}`, `rate(page_requests_total{panel="${i}"}[2m])`),
      id: i + 1,
      gridPos: { x: (i % perRow) * 4, y: Math.floor(i / perRow) * 5, w: 4, h: 5 },
    })),
  );
}

export function wideDashboard(): Json {
  const gridPos = { x: 0, y: 0, w: 24, h: 20 };
  return dashboard('bench-wide', [{ ...graph('Levels', 'page_level'), id: 1, gridPos }]);
}

function graph(title: string, expr: string): Json {
  return {
    type: 'timeseries',
    title,
    datasource: { type: 'prometheus', uid: 'narthex' },
    targets: [{ refId: 'A', expr, legendFormat: '{{instance}}', range: true }],
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: { defaults: { custom: { lineWidth: 1, fillOpacity: 0 } }, overrides: [] },
  };
}

function dashboard(uid: string, panels: readonly Json[]): Json {
  const time = { from: 'now-1h', to: 'now' };
  return { uid, title: uid, schemaVersion: 39, graphTooltip: 1, time, refresh: '', panels };
}

/** Answers its uid. */
export async function importDashboard(url: string, json: unknown): Promise<string> {
  const response = await fetch(`${url}/api/v1/dashboards`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dashboard: json, overwrite: true }),
  });
  if (!response.ok) throw new Error(`cannot import a dashboard: ${await response.text()}`);
  const { data } = (await response.json()) as { readonly data: { readonly uid: string } };
  return data.uid;
}
