import {
  type AnsweredData,
  collectPanels,
  type Dashboard,
  type DashboardSnapshot,
  dataOfColumns,
  describeVariables,
  interpolate,
  type JsonObject,
  type Panel,
  type PanelRequest,
  shareableJson,
  type SnapshotAnnotation,
  type SnapshotAnswer,
  withoutSecrets,
  writeSharedFile,
} from '#dashboards';
import { ApiError } from '../../api/client.ts';
import type { DashboardScope } from '../dashboard-scope.ts';
import type { ShownAnnotation } from '../use-annotations.ts';
import { fetchPatiently } from '../use-panel-answers.ts';
import type { Variables } from '../use-variables.ts';

export interface SnapshotAsked {
  readonly scope: DashboardScope;
  readonly variables: Variables;
  readonly json: JsonObject;
  readonly signal: AbortSignal;
  readonly onProgress: (answered: number, total: number) => void;
}

/** Asks for all that the dashboard shows and puts it into one HTML document. */
export async function makeSharedFile(asked: SnapshotAsked): Promise<Blob> {
  const [snapshot, viewer] = await Promise.all([takeSnapshot(asked), loadViewer(asked.signal)]);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const html = writeSharedFile(viewer, {
    title: snapshot.title,
    nonce: base64(random),
    data: await pack(snapshot),
  });
  return new Blob([html], { type: 'text/html;charset=utf-8' });
}

async function takeSnapshot(asked: SnapshotAsked): Promise<DashboardSnapshot> {
  const { scope, variables, json, signal, onProgress } = asked;
  const { dashboard, time, values, filters, scrapeIntervalMs, jobIntervalsMs } = scope;
  const { range, span, zone, context } = time;
  const all = variables.resolved.variables;
  const options = Object.fromEntries(all.map((one) => [one.variable.name, one.options]));
  const panels = await collectPanels({
    dashboard,
    range,
    span,
    ...context,
    values,
    filters,
    scrapeIntervalMs,
    jobIntervalsMs,
    options,
    ask: async (request) => await askForFile(request, signal),
    onProgress,
  });
  const repeated = repeatedNames(dashboard);
  return {
    format: 1,
    title: interpolate(
      dashboard.title,
      withoutSecrets(values),
      {},
      { format: 'text', timeZone: zone },
    ),
    folder: scope.entry.folder,
    source: window.location.host,
    takenMs: Date.now(),
    json: shareableJson(json),
    range,
    span,
    zone,
    values: withoutSecrets(values),
    options: Object.fromEntries(Object.entries(options).filter(([name]) => repeated.has(name))),
    variables: describeVariables(all),
    annotations: scope.annotations.filter(({ isOn }) => isOn).map(annotationOf),
    panels,
  };
}

/** A query that fails says so in the file; without a server there is no file. */
async function askForFile(
  request: PanelRequest,
  signal: AbortSignal,
): Promise<Omit<SnapshotAnswer, 'request'>> {
  try {
    const { data, warnings } = await fetchPatiently(request, signal);
    return { data: withoutStatistics(data), warnings };
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError) || error.code === 'unreachable') throw error;
    return { failure: error.message };
  }
}

function withoutStatistics(data: AnsweredData): object {
  const { resultType, result } = dataOfColumns(data);
  return { resultType, result };
}

function annotationOf({ name, colour, query, events }: ShownAnnotation): SnapshotAnnotation {
  const { panels } = query;
  return {
    name,
    colour: colour ?? null,
    ...(panels === undefined ? {} : { panels }),
    events: JSON.parse(JSON.stringify(events)) as SnapshotAnnotation['events'],
  };
}

function repeatedNames({ rows }: Dashboard): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => [row.repeat, ...row.panels.map(repeatName)]));
}

function repeatName({ repeat }: Panel): string {
  return repeat?.variable ?? '';
}

async function loadViewer(signal: AbortSignal): Promise<string> {
  const response = await fetch(new URL('share/viewer.html', document.baseURI), { signal });
  if (!response.ok) throw new Error(`cannot load the viewer of shared files: ${response.status}`);
  return await response.text();
}

async function pack(snapshot: DashboardSnapshot): Promise<string> {
  const text = new Blob([JSON.stringify(snapshot)]);
  const gzipped = text.stream().pipeThrough(new CompressionStream('gzip'));
  return base64(new Uint8Array(await new Response(gzipped).arrayBuffer()));
}

const PIECE_BYTES = 0x8000;

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(binary);
}
