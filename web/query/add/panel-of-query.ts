import { type JsonObject, type NewPanel } from '#dashboards';
import { parseExpr } from '#promql';
import { formatDuration } from '#model';
import type { PanelState } from '../panel-state.ts';
import { guessLegend, guessUnit } from './guess-unit.ts';

export type QueryPanelType = 'timeseries' | 'table' | 'stat';

export interface PanelOfQueryAsked {
  /** The query as it stands in the editor. */
  readonly expr: string;
  readonly state: Pick<PanelState, 'resolution' | 'displayMode' | 'yAxisMin'>;
  readonly type: QueryPanelType;
  readonly title: string;
}

/** In columns and rows of a dashboard. */
const SIZES: Readonly<Record<QueryPanelType, { readonly w: number; readonly h: number }>> = {
  timeseries: { w: 12, h: 8 },
  table: { w: 12, h: 8 },
  stat: { w: 6, h: 4 },
};

/** What the query page shows, as a panel of a dashboard. */
export function panelOfQuery(asked: PanelOfQueryAsked): NewPanel {
  const { expr, type, title } = asked;
  const parsed = parseExpr(expr, ANY_FEATURE);
  const unit = parsed.ok ? guessUnit(parsed.expr) : '';
  const legendFormat = parsed.ok ? guessLegend(parsed.expr) : '__auto';
  const json: JsonObject = {
    type,
    title,
    targets: [{ refId: 'A', expr: expr.trim(), legendFormat, ...kindOf(asked) }],
    fieldConfig: {
      defaults: { ...(unit === '' ? {} : { unit }), ...lookOf(asked) },
      overrides: [],
    },
    options: {},
  };
  return { json, ...SIZES[type] };
}

/** Whether the server allows them is the server's to say. */
const ANY_FEATURE = {
  experimentalFunctions: true,
  durationExpressions: true,
  extendedRangeSelectors: true,
  fillModifiers: true,
} as const;

function kindOf({ type, state }: PanelOfQueryAsked): JsonObject {
  if (type === 'table') return { range: false, instant: true, format: 'table' };
  if (type === 'stat') return { range: false, instant: true };
  const { resolution } = state;
  const interval =
    resolution.type === 'auto' ? {} : { interval: formatDuration(resolution.stepMs) };
  return { range: true, instant: false, ...interval };
}

function lookOf({ type, state }: PanelOfQueryAsked): JsonObject {
  if (type !== 'timeseries') return {};
  const { yAxisMin, displayMode } = state;
  return {
    ...(yAxisMin === undefined ? {} : { min: yAxisMin }),
    ...(displayMode === 'stacked'
      ? { custom: { stacking: { mode: 'normal', group: 'A' }, fillOpacity: 25 } }
      : {}),
  };
}
