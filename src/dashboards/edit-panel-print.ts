import type { Json, JsonObject, Transformation } from './dashboard.ts';
import type {
  CellSettings,
  FieldSettings,
  FieldSettingsOverride,
  SeriesStyle,
  ValueMapping,
} from './field-settings.ts';
import type { LegendOptions, PanelOptions, Reduction, TooltipOptions } from './panel-options.ts';
import { usualStyleOf } from './read-field-settings.ts';
import { usualCell } from './read-series-style.ts';

/** `options` of a file of today that mean what these do. */
export function printOptions(options: PanelOptions): JsonObject {
  switch (options.kind) {
    case 'timeseries':
      return { legend: printLegend(options.legend), tooltip: printTooltip(options.tooltip) };
    case 'stat':
      return {
        reduceOptions: printReduction(options.reduction),
        textMode: options.text,
        graphMode: options.graph,
        colorMode: options.colour,
        orientation: options.orientation,
        justifyMode: options.justify,
        text: {
          ...(options.titleSize > 0 ? { titleSize: options.titleSize } : {}),
          ...(options.valueSize > 0 ? { valueSize: options.valueSize } : {}),
        },
      };
    case 'gauge':
      return {
        reduceOptions: printReduction(options.reduction),
        orientation: options.orientation,
        showThresholdLabels: options.showsThresholdLabels,
        showThresholdMarkers: options.showsThresholdMarkers,
      };
    case 'bargauge':
      return {
        reduceOptions: printReduction(options.reduction),
        orientation: options.orientation,
        displayMode: options.display,
        showUnfilled: options.showsUnfilled,
        namePlacement: options.names,
      };
    case 'table':
      return {
        showHeader: options.showsHeader,
        cellHeight: options.cellHeight,
        sortBy: options.sortBy.map(({ name, isDescending }) => ({
          displayName: name,
          desc: isDescending,
        })),
        footer: { show: options.footer.isShown, reducer: options.footer.reducers },
      };
    default:
      return printOtherOptions(options);
  }
}

function printOtherOptions(options: PanelOptions): JsonObject {
  switch (options.kind) {
    case 'text':
      return {
        mode: options.mode,
        content: options.content,
        ...(options.mode === 'code' ? { code: { language: options.language } } : {}),
      };
    case 'piechart':
      return {
        reduceOptions: printReduction(options.reduction),
        pieType: options.shape,
        displayLabels: options.labels,
        legend: { ...printLegend(options.legend), values: options.legend.values },
        tooltip: printTooltip(options.tooltip),
      };
    case 'heatmap':
      return printHeatmap(options);
    case 'barchart':
      return {
        orientation: options.orientation,
        stacking: options.stacking,
        showValue: options.showsValue,
        barWidth: options.barWidth,
        groupWidth: options.groupWidth,
        xField: options.xField,
        legend: printLegend(options.legend),
        tooltip: printTooltip(options.tooltip),
      };
    case 'histogram':
      return {
        bucketCount: options.bucketCount,
        bucketOffset: options.bucketOffset,
        combine: options.isCombined,
        legend: printLegend(options.legend),
      };
    case 'dashlist':
      return {
        showStarred: options.showsStarred,
        showRecentlyViewed: options.showsRecent,
        showSearch: options.showsSearch,
        query: options.query,
        tags: options.tags,
        maxItems: options.countMax,
        keepTime: options.keepsTime,
        includeVars: options.keepsVariables,
      };
    case 'alertlist':
      return {
        stateFilter: Object.fromEntries(options.states.map((state) => [state, true])),
        alertName: options.nameFilter,
        maxItems: options.countMax,
      };
    default:
      return {};
  }
}

function printHeatmap(options: Extract<PanelOptions, { readonly kind: 'heatmap' }>): JsonObject {
  const { decimals, hidesBelow } = options;
  return {
    calculate: !options.hasBuckets,
    color: {
      mode: 'scheme',
      scheme: options.scheme,
      scale: options.colourScale,
      exponent: options.exponent,
      steps: options.steps,
      reverse: options.isReversed,
    },
    yAxis: { unit: options.unit, ...(decimals === undefined ? {} : { decimals }) },
    cellGap: options.cellGap,
    legend: { show: options.showsLegend },
    ...(hidesBelow === undefined ? {} : { filterValues: { le: hidesBelow } }),
  };
}

function printLegend(legend: LegendOptions): JsonObject {
  const isShown = legend.mode !== 'hidden';
  return {
    showLegend: isShown,
    displayMode: isShown ? legend.mode : 'list',
    placement: legend.placement,
    calcs: legend.reducers,
    ...(legend.width > 0 ? { width: legend.width } : {}),
    ...(legend.sortBy === '' ? {} : { sortBy: legend.sortBy }),
    ...(legend.sortsDescending ? { sortDesc: true } : {}),
    ...(legend.hidesEmpty ? { hideEmpty: true } : {}),
    ...(legend.hidesZero ? { hideZero: true } : {}),
  };
}

function printTooltip({ mode, sort, hidesZeros }: TooltipOptions): JsonObject {
  return { mode, sort, ...(hidesZeros ? { hideZeros: true } : {}) };
}

function printReduction({ reducers, fields, showsAllValues, limit }: Reduction): JsonObject {
  return { calcs: reducers, fields, values: showsAllValues, ...(limit > 0 ? { limit } : {}) };
}

/** `fieldConfig.defaults` of a file of today; what is usual for the kind is left out. */
export function printFieldSettings(
  settings: FieldSettings,
  kind: PanelOptions['kind'],
): JsonObject {
  const { unit, decimals, min, max, displayName, noValue, colour, mappings, links } = settings;
  const custom = {
    ...printStyle(settings.style, usualStyleOf(kind)),
    ...(kind === 'table' ? printCell(settings.cell) : {}),
  };
  return {
    ...(unit === '' ? {} : { unit }),
    ...(decimals === undefined ? {} : { decimals }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(displayName === '' ? {} : { displayName }),
    ...(noValue === '' ? {} : { noValue }),
    color: {
      mode: colour.mode,
      ...(colour.fixed === '' ? {} : { fixedColor: colour.fixed }),
      ...(colour.by === 'last' ? {} : { seriesBy: colour.by }),
    },
    thresholds: {
      mode: settings.thresholds.mode,
      steps: settings.thresholds.steps.map(({ value, colour: color }) => ({
        color,
        value: value === -Infinity ? null : value,
      })),
    },
    mappings: printMappings(mappings),
    ...(links.length === 0 ? {} : { links: links.map(printLink) }),
    custom,
  };
}

function printLink({ title, url, opensNewTab }: FieldSettings['links'][number]): JsonObject {
  return { title, url, targetBlank: opensNewTab };
}

/** One of each, as the order of values among other kinds counts. */
function printMappings(mappings: readonly ValueMapping[]): Json {
  return mappings.map((mapping, index): Json => {
    const { text, colour } = mapping.result;
    const result = {
      ...(text === undefined ? {} : { text }),
      ...(colour === '' ? {} : { color: colour }),
      index,
    };
    switch (mapping.kind) {
      case 'value':
        return { type: 'value', options: { [mapping.value]: result } };
      case 'range':
        return {
          type: 'range',
          options: { from: mapping.from ?? null, to: mapping.to ?? null, result },
        };
      case 'regex':
        return { type: 'regex', options: { pattern: mapping.pattern, result } };
      case 'special':
        return { type: 'special', options: { match: mapping.match, result } };
    }
  });
}

const styleWords = {
  draw: 'drawStyle',
  interpolation: 'lineInterpolation',
  lineWidth: 'lineWidth',
  fillOpacity: 'fillOpacity',
  gradient: 'gradientMode',
  fillBelowTo: 'fillBelowTo',
  showPoints: 'showPoints',
  pointSize: 'pointSize',
  spanNulls: 'spanNulls',
  barAlignment: 'barAlignment',
  transform: 'transform',
  zIndex: 'zIndex',
} as const satisfies Partial<Record<keyof SeriesStyle, string>>;

const axisWords = {
  placement: 'axisPlacement',
  label: 'axisLabel',
  softMin: 'axisSoftMin',
  softMax: 'axisSoftMax',
  isCentredZero: 'axisCenteredZero',
  width: 'axisWidth',
  showsGrid: 'axisGridShow',
} as const satisfies Record<keyof SeriesStyle['axis'], string>;

function printStyle(style: SeriesStyle, usual: SeriesStyle): JsonObject {
  const { stacking, logBase, thresholdsStyle, hideFrom } = style;
  const isHidden = hideFrom.graph || hideFrom.legend || hideFrom.tooltip;
  return {
    ...changed(style, usual, styleWords),
    ...printDash(style),
    ...(stacking.mode === 'none' ? {} : { stacking: { ...stacking } }),
    ...changed(style.axis, usual.axis, axisWords),
    ...(logBase === 0 ? {} : { scaleDistribution: { type: 'log', log: logBase } }),
    ...(thresholdsStyle === 'off' ? {} : { thresholdsStyle: { mode: thresholdsStyle } }),
    ...(isHidden
      ? { hideFrom: { viz: hideFrom.graph, legend: hideFrom.legend, tooltip: hideFrom.tooltip } }
      : {}),
  };
}

function printDash({ dash, isDotted }: SeriesStyle): JsonObject {
  if (dash.length === 0 && !isDotted) return {};
  return { lineStyle: { fill: isDotted ? 'dot' : 'dash', dash } };
}

const cellWords = {
  align: 'align',
  width: 'width',
  minWidth: 'minWidth',
  isFilterable: 'filterable',
  isHidden: 'hidden',
} as const satisfies Partial<Record<keyof CellSettings, string>>;

function printCell(cell: CellSettings): JsonObject {
  const { kind, mode } = cell;
  const cellOptions = { type: kind, ...(mode === '' ? {} : { mode }) };
  return {
    ...(kind === 'auto' && mode === '' ? {} : { cellOptions }),
    ...changed(cell, usualCell, cellWords),
  };
}

/** What is not as usual, under the words of the file. */
function changed<T extends object>(
  values: T,
  usual: T,
  words: Partial<Record<keyof T, string>>,
): JsonObject {
  const entries: [string, Json][] = [];
  for (const key of Object.keys(words) as (keyof T)[]) {
    const word = words[key];
    const value = values[key] as Json | undefined;
    if (word !== undefined && value !== undefined && value !== usual[key]) {
      entries.push([word, value]);
    }
  }
  return Object.fromEntries(entries);
}

export function printOverrides(overrides: readonly FieldSettingsOverride[]): Json {
  return overrides.map(({ matcher, properties }) => ({
    matcher: { id: matcher.id, options: matcher.options },
    properties: properties.map(({ id, value }) => ({ id, value })),
  }));
}

export function printTransformations(transformations: readonly Transformation[]): Json {
  return transformations.map(({ id, options, isDisabled, filter }) => ({
    id,
    options,
    ...(isDisabled ? { disabled: true } : {}),
    ...(filter === undefined ? {} : { filter: { id: filter.id, options: filter.options } }),
  }));
}
