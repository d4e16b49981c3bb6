import type { FeaturesData } from '#contract';
import type { Settings } from './settings.ts';

/** What `--enable-feature` knows and does. */
const EFFECTIVE: ReadonlySet<string> = new Set([
  'promql-experimental-functions',
  'promql-duration-expr',
  'promql-extended-range-selectors',
  'promql-binop-fill-modifiers',
  'promql-per-step-stats',
  'promql-delayed-name-removal',
  'type-and-unit-labels',
  'exemplar-storage',
  'extra-scrape-metrics',
  'memory-snapshot-on-shutdown',
]);

/** The names given to `--enable-feature` that change nothing here. */
export function idleFeatures(features: ReadonlySet<string>): string[] {
  return [...features].filter((name) => !EFFECTIVE.has(name));
}

/** What `/api/v1/features` shows: by area, what is on (Prometheus: util/features). */
export function featuresData(settings: Settings): FeaturesData {
  const { features, parser } = settings;
  return {
    api: {
      admin: settings.enableAdmin,
      exclude_alerts: true,
      label_values_match: true,
      lifecycle: settings.enableLifecycle,
      otlp_write_receiver: false,
      query_stats: true,
      query_warnings: true,
      remote_write_receiver: settings.enableRemoteWrite,
      time_range_labels: true,
      time_range_series: true,
    },
    promql: {
      at_modifier: true,
      bool: true,
      by: true,
      delayed_name_removal: features.has('promql-delayed-name-removal'),
      duration_expr: true,
      experimental_functions: parser.experimentalFunctions ?? false,
      extended_range_selectors: parser.extendedRangeSelectors ?? false,
      fill_modifiers: parser.fillModifiers ?? false,
      group_left: true,
      group_right: true,
      ignoring: true,
      negative_offset: true,
      offset: true,
      on: true,
      per_query_lookback_delta: true,
      per_step_stats: features.has('promql-per-step-stats'),
      subqueries: true,
      type_and_unit_labels: features.has('type-and-unit-labels'),
      without: true,
    },
    tsdb: { exemplar_storage: true, native_histograms: false },
    ui: { ui_v2: false, ui_v3: true },
  };
}
