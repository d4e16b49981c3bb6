import type { PanelKind } from './dashboard.ts';
import type { OptionChoice, OptionControl, PanelOption } from './edit-panel-option.ts';

/** `line Lines, bars Bars`: values of the file with what a person reads. */
export function choices(text: string): readonly OptionChoice[] {
  return text.split(', ').map((part) => {
    const [value = '', ...words] = part.split(' ');
    return { value, label: words.join(' ') };
  });
}

export function choice(text: string): OptionControl {
  return { kind: 'choice', choices: choices(text) };
}

export const flag: OptionControl = { kind: 'flag' };
export const number: OptionControl = { kind: 'number' };
export const text: OptionControl = { kind: 'text' };

export function slider(min: number, max: number, step = 1): OptionControl {
  return { kind: 'slider', min, max, step };
}

export function count(min: number, max: number): OptionControl {
  return { kind: 'number', min, max, step: 1 };
}

/** Kinds that show values of fields. */
export const dataKinds: readonly PanelKind[] = [
  'timeseries',
  'stat',
  'gauge',
  'bargauge',
  'table',
  'piechart',
  'barchart',
  'histogram',
  'heatmap',
  'state-timeline',
  'status-history',
];
const colouredKinds = dataKinds.filter((kind) => kind !== 'heatmap');
const scaledKinds = dataKinds.filter(
  (kind) => !['piechart', 'histogram', 'heatmap', 'state-timeline'].includes(kind),
);
const mappedKinds = dataKinds.filter((kind) => !['heatmap', 'histogram'].includes(kind));
const axisKinds: readonly PanelKind[] = ['timeseries', 'barchart'];
const filledKinds: readonly PanelKind[] = [
  'timeseries',
  'barchart',
  'histogram',
  'state-timeline',
  'status-history',
];
const graph: readonly PanelKind[] = ['timeseries'];
const table: readonly PanelKind[] = ['table'];
const legendKinds: readonly PanelKind[] = ['timeseries', 'barchart', 'piechart', 'histogram'];

const drawing: readonly PanelOption[] = [
  {
    id: 'custom.drawStyle',
    name: 'Style',
    help: 'How values over time are drawn.',
    section: 'Drawing',
    control: choice('line Lines, bars Bars, points Points'),
    usual: 'line',
    kinds: graph,
  },
  {
    id: 'custom.lineInterpolation',
    name: 'Line between points',
    help: 'Straight, rounded, or in steps that begin or end at a point.',
    section: 'Drawing',
    control: choice('linear Straight, smooth Smooth, stepBefore Step before, stepAfter Step after'),
    usual: 'linear',
    kinds: graph,
    when: { id: 'custom.drawStyle', is: ['line'] },
  },
  {
    id: 'custom.lineWidth',
    name: 'Line width',
    help: 'In pixels; 0 draws no line.',
    section: 'Drawing',
    control: slider(0, 10),
    usual: 1,
    kinds: filledKinds,
  },
  {
    id: 'custom.lineStyle/fill',
    name: 'Line',
    help: 'Solid, dashed or dotted.',
    section: 'Drawing',
    control: choice('solid Solid, dash Dashed, dot Dotted'),
    usual: 'solid',
    kinds: graph,
    when: { id: 'custom.drawStyle', is: ['line'] },
  },
  {
    id: 'custom.fillOpacity',
    name: 'Fill',
    help: 'How opaque the area below a line, or a bar, is, in percent.',
    section: 'Drawing',
    control: slider(0, 100),
    usual: 0,
    usualOf: { barchart: 80, histogram: 80, 'state-timeline': 70, 'status-history': 70 },
    kinds: filledKinds,
  },
  {
    id: 'custom.gradientMode',
    name: 'Gradient',
    help: 'How the fill changes from top to bottom; “scheme” follows the colour scheme.',
    section: 'Drawing',
    control: choice('none None, opacity Opacity, hue Hue, scheme Scheme'),
    usual: 'none',
    kinds: ['timeseries', 'barchart', 'histogram'],
  },
  {
    id: 'custom.fillBelowTo',
    name: 'Fill down to',
    help: 'The name of the series down to which the area is filled, for bands.',
    section: 'Drawing',
    control: { kind: 'field' },
    usual: '',
    kinds: graph,
    onlyOverrides: true,
  },
  {
    id: 'custom.showPoints',
    name: 'Points',
    help: 'Automatic: where there is room for them.',
    section: 'Drawing',
    control: choice('auto Automatic, always Always, never Never'),
    usual: 'auto',
    kinds: graph,
    when: { id: 'custom.drawStyle', is: ['line', 'bars'] },
  },
  {
    id: 'custom.pointSize',
    name: 'Point size',
    help: 'Diameter in pixels.',
    section: 'Drawing',
    control: slider(1, 40),
    usual: 5,
    kinds: graph,
  },
  {
    id: 'custom.spanNulls',
    name: 'Missing values',
    help: 'A gap, a line across, or a line across gaps that are short enough.',
    section: 'Drawing',
    control: {
      kind: 'choice',
      choices: [
        { value: false, label: 'Gap' },
        { value: true, label: 'Connected' },
      ],
      number: { label: 'Connected up to (milliseconds)', start: 300_000 },
    },
    usual: false,
    kinds: graph,
    when: { id: 'custom.drawStyle', is: ['line'] },
  },
  {
    id: 'custom.barAlignment',
    name: 'Bars stand',
    help: 'Before, around or after their time.',
    section: 'Drawing',
    control: {
      kind: 'choice',
      choices: [
        { value: -1, label: 'Before' },
        { value: 0, label: 'Around' },
        { value: 1, label: 'After' },
      ],
    },
    usual: 0,
    kinds: graph,
    when: { id: 'custom.drawStyle', is: ['bars'] },
  },
  {
    id: 'custom.stacking/mode',
    name: 'Stacking',
    help: 'Series on top of each other; in percent of all of them.',
    section: 'Drawing',
    control: choice('none Off, normal Normal, percent 100 %'),
    usual: 'none',
    kinds: graph,
  },
  {
    id: 'custom.stacking/group',
    name: 'Stack',
    help: 'Series of the same name stand on each other.',
    section: 'Drawing',
    control: text,
    usual: 'A',
    kinds: graph,
    when: { id: 'custom.stacking/mode', is: ['normal', 'percent'] },
  },
  {
    id: 'custom.transform',
    name: 'Transform',
    help: 'Negative: drawn downwards, as for what is sent beside what is received.',
    section: 'Drawing',
    control: choice('none None, negative-Y Negative, constant Constant'),
    usual: 'none',
    kinds: graph,
  },
  {
    id: 'custom.thresholdsStyle/mode',
    name: 'Thresholds on the graph',
    help: 'As lines, as areas, or not at all.',
    section: 'Thresholds',
    control: choice(
      'off Off, line Lines, dashed Dashed lines, area Areas, line+area Lines and areas, dashed+area Dashed lines and areas',
    ),
    usual: 'off',
    kinds: graph,
  },
];

const axis: readonly PanelOption[] = [
  {
    id: 'custom.axisPlacement',
    name: 'Placement',
    help: 'On which side the axis stands. Automatic: series of other units stand at the right.',
    section: 'Axis',
    control: choice('auto Automatic, left Left, right Right, hidden Hidden'),
    usual: 'auto',
    kinds: graph,
  },
  {
    id: 'custom.axisLabel',
    name: 'Label',
    help: 'What stands beside the axis.',
    section: 'Axis',
    control: text,
    usual: '',
    kinds: axisKinds,
  },
  {
    id: 'custom.scaleDistribution/type',
    name: 'Scale',
    help: 'Logarithmic for values of very different size.',
    section: 'Axis',
    control: choice('linear Linear, log Logarithmic, symlog Symmetric logarithmic'),
    usual: 'linear',
    kinds: graph,
  },
  {
    id: 'custom.scaleDistribution/log',
    name: 'Base of the logarithm',
    help: 'Usually 2 or 10.',
    section: 'Axis',
    control: count(2, 1000),
    usual: 10,
    kinds: graph,
    when: { id: 'custom.scaleDistribution/type', is: ['log', 'symlog'] },
  },
  {
    id: 'custom.axisSoftMin',
    name: 'Soft minimum',
    help: 'The axis begins here, unless values lie below.',
    section: 'Axis',
    control: number,
    usual: null,
    kinds: axisKinds,
  },
  {
    id: 'custom.axisSoftMax',
    name: 'Soft maximum',
    help: 'The axis ends here, unless values lie above.',
    section: 'Axis',
    control: number,
    usual: null,
    kinds: axisKinds,
  },
  {
    id: 'custom.axisCenteredZero',
    name: 'Zero in the middle',
    help: 'As much room above zero as below.',
    section: 'Axis',
    control: flag,
    usual: false,
    kinds: axisKinds,
  },
  {
    id: 'custom.axisGridShow',
    name: 'Grid lines',
    help: 'Lines across at the values of the axis; automatic: only of the first axis.',
    section: 'Axis',
    control: {
      kind: 'choice',
      choices: [
        { value: true, label: 'On' },
        { value: false, label: 'Off' },
      ],
    },
    usual: null,
    kinds: graph,
  },
  {
    id: 'custom.axisWidth',
    name: 'Width',
    help: 'In pixels; empty for as wide as needed.',
    section: 'Axis',
    control: count(1, 500),
    usual: null,
    kinds: graph,
  },
];

const cells: readonly PanelOption[] = [
  {
    id: 'custom.cellOptions/type',
    name: 'Cells',
    help: 'How the values of a column are shown.',
    section: 'Cells',
    control: choice(
      'auto Text, color-text Coloured text, color-background Coloured cell, gauge Bar, sparkline Small graph, json JSON, image Picture, data-links Links',
    ),
    usual: 'auto',
    kinds: table,
  },
  {
    id: 'custom.cellOptions/mode',
    name: 'Look of the cells',
    help: 'Of bars and coloured cells.',
    section: 'Cells',
    control: choice('basic Plain, gradient Gradient, lcd Retro'),
    usual: null,
    kinds: table,
    when: { id: 'custom.cellOptions/type', is: ['gauge', 'color-background'] },
  },
  {
    id: 'custom.align',
    name: 'Alignment',
    help: 'Automatic: numbers at the right, texts at the left.',
    section: 'Cells',
    control: choice('auto Automatic, left Left, center Centre, right Right'),
    usual: 'auto',
    kinds: table,
  },
  {
    id: 'custom.width',
    name: 'Column width',
    help: 'In pixels; empty for as wide as needed.',
    section: 'Cells',
    control: count(20, 2000),
    usual: null,
    kinds: table,
  },
  {
    id: 'custom.minWidth',
    name: 'Minimum column width',
    help: 'In pixels.',
    section: 'Cells',
    control: count(20, 2000),
    usual: null,
    kinds: table,
  },
  {
    id: 'custom.filterable',
    name: 'Filter in the heading',
    help: 'Rows can be filtered by what they say in this column.',
    section: 'Cells',
    control: flag,
    usual: false,
    kinds: table,
  },
  {
    id: 'custom.hidden',
    name: 'Hidden',
    help: 'The column is not shown; links can still use its values.',
    section: 'Cells',
    control: flag,
    usual: false,
    kinds: table,
    onlyOverrides: true,
  },
];

const values: readonly PanelOption[] = [
  {
    id: 'unit',
    name: 'Unit',
    help: 'What the numbers are; any text of your own stands behind the number.',
    section: 'Field',
    control: { kind: 'unit' },
    usual: '',
    kinds: dataKinds,
  },
  {
    id: 'min',
    name: 'Minimum',
    help: 'Where the axis or the scale begins; empty for the lowest value.',
    section: 'Field',
    control: number,
    usual: null,
    kinds: scaledKinds,
  },
  {
    id: 'max',
    name: 'Maximum',
    help: 'Where the axis or the scale ends; empty for the highest value.',
    section: 'Field',
    control: number,
    usual: null,
    kinds: scaledKinds,
  },
  {
    id: 'decimals',
    name: 'Decimals',
    help: 'Empty for as many as a value needs.',
    section: 'Field',
    control: count(0, 20),
    usual: null,
    kinds: dataKinds,
  },
  {
    id: 'displayName',
    name: 'Display name',
    help: 'In place of the series’ own name; ${__field.labels.instance} is the value of a label.',
    section: 'Field',
    control: text,
    usual: '',
    kinds: dataKinds,
  },
  {
    id: 'noValue',
    name: 'No value',
    help: 'What is shown where there is none.',
    section: 'Field',
    control: { kind: 'text', placeholder: '–' },
    usual: '',
    kinds: dataKinds,
  },
  {
    id: 'color',
    name: 'Colours',
    help: 'By series, by thresholds, by value along a scheme, or one for all.',
    section: 'Colour',
    control: { kind: 'colour' },
    usual: null,
    kinds: colouredKinds,
  },
  {
    id: 'thresholds',
    name: 'Thresholds',
    help: 'From which value on which colour holds.',
    section: 'Thresholds',
    control: { kind: 'thresholds' },
    usual: null,
    kinds: colouredKinds,
  },
  {
    id: 'mappings',
    name: 'Value mappings',
    help: 'Texts and colours in place of certain values.',
    section: 'Value mappings',
    control: { kind: 'mappings' },
    usual: [],
    kinds: mappedKinds,
  },
  {
    id: 'links',
    name: 'Data links',
    help: 'Where a click on a value leads.',
    section: 'Data links',
    control: { kind: 'links' },
    usual: [],
    kinds: dataKinds.filter((kind) => kind !== 'heatmap'),
  },
];

const hiding: readonly PanelOption[] = [
  {
    id: 'custom.hideFrom/viz',
    name: 'Hide from the panel',
    help: 'The series is not drawn.',
    section: 'Where it is shown',
    control: flag,
    usual: false,
    kinds: legendKinds,
    onlyOverrides: true,
  },
  {
    id: 'custom.hideFrom/legend',
    name: 'Hide from the legend',
    help: 'The series is drawn, and not listed.',
    section: 'Where it is shown',
    control: flag,
    usual: false,
    kinds: legendKinds,
    onlyOverrides: true,
  },
  {
    id: 'custom.hideFrom/tooltip',
    name: 'Hide from the tooltip',
    help: 'The pointer does not tell its value.',
    section: 'Where it is shown',
    control: flag,
    usual: false,
    kinds: legendKinds,
    onlyOverrides: true,
  },
];

/** What can be said of all fields of a panel, and in overrides of some. */
export const fieldOptions: readonly PanelOption[] = [
  ...drawing,
  ...axis,
  ...cells,
  ...values,
  ...hiding,
];
