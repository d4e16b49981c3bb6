/** Files that mean harm, or are broken; each is a dashboard as somebody could send it. */
type Json = Readonly<Record<string, unknown>>;

export interface HostileDashboard extends Json {
  readonly panels: readonly { readonly id: number }[];
}

const HARM =
  '<script>window.harmed = 1</script><img src=/narthex.svg onload="window.harmed = 2" onerror="window.harmed = 2">';
const JAVASCRIPT = 'javascript:window.harmed=3';
const DATA = 'data:text/html,<script>window.harmed=4</script>';
const ELSEWHERE = 'http://elsewhere.invalid/picture.png';

const MARKDOWN = `[x](${JAVASCRIPT}) [y](${DATA}) ${HARM} ![x](${JAVASCRIPT}) ![z](${ELSEWHERE}) <svg onload="window.harmed=5">`;
const HTML = `${HARM}<a href="${JAVASCRIPT}">x</a><a href="${DATA}">y</a><iframe src="/"></iframe><form action="${JAVASCRIPT}"><button formaction="${JAVASCRIPT}">z</button></form><img src="${ELSEWHERE}"><style>@import url(${ELSEWHERE});</style><div style="background:url(${ELSEWHERE})">b</div>`;

const FIELD = {
  defaults: {
    unit: HARM,
    displayName: `${HARM}\${__field.name}`,
    noValue: HARM,
    links: [
      { title: HARM, url: JAVASCRIPT },
      { title: HARM, url: DATA },
    ],
    mappings: [
      { type: 'value', options: { 1: { text: HARM, color: `url(${ELSEWHERE})`, icon: HARM } } },
      { type: 'regex', options: { pattern: '(a+)+$', result: { text: HARM } } },
    ],
    thresholds: {
      mode: 'absolute',
      steps: [{ value: null, color: `red;background:url(${ELSEWHERE})` }],
    },
    color: { mode: 'fixed', fixedColor: `url(${ELSEWHERE})` },
    custom: { axisLabel: HARM },
  },
  overrides: [
    { matcher: { id: 'byRegexp', options: '/(a+)+$/' }, properties: [{ id: 'unit', value: HARM }] },
  ],
};

const KINDS: readonly (readonly [type: string, options: Json])[] = [
  ['text', { mode: 'html', content: HTML }],
  ['text', { mode: 'markdown', content: MARKDOWN }],
  ['timeseries', { legend: { showLegend: true, calcs: ['last', HARM] } }],
  ...['stat', 'gauge', 'bargauge', 'table', 'piechart', 'barchart', 'histogram', 'heatmap']
    .concat('state-timeline', 'status-history', 'logs', 'dashlist', 'alertlist', HARM)
    .map((type) => [type, { content: HARM, text: HARM }] as const),
];

/** Script wherever a file may have text, addresses that run, and pictures from elsewhere. */
export function hostileDashboard(): HostileDashboard {
  return {
    title: `${HARM} ${'very '.repeat(500)}long`,
    uid: 'hostile',
    description: HARM,
    tags: [HARM],
    schemaVersion: 39,
    time: { from: 'now-5m', to: 'now' },
    links: [
      { type: 'link', title: HARM, url: JAVASCRIPT, tooltip: HARM },
      { type: 'link', title: HARM, url: DATA, icon: HARM },
      { type: 'dashboards', title: HARM, tags: [HARM], asDropdown: true },
    ],
    annotations: {
      list: [
        {
          name: HARM,
          enable: true,
          expr: 'up',
          titleFormat: HARM,
          textFormat: HARM,
          iconColor: HARM,
        },
      ],
    },
    templating: {
      list: [
        {
          name: 'c',
          label: HARM,
          type: 'custom',
          query: `${HARM},b`,
          multi: true,
          includeAll: true,
        },
        { name: '__proto__', type: 'textbox', query: HARM },
        { name: HARM, type: 'textbox', query: HARM },
      ],
    },
    panels: KINDS.map(([type, options], index) => ({
      id: index + 1,
      type,
      title: `${HARM} $c`,
      description: `${HARM} [x](${JAVASCRIPT})`,
      gridPos: { h: 6, w: 8, x: (index % 3) * 8, y: Math.floor(index / 3) * 6 },
      targets: [
        { refId: 'A', expr: 'label_replace(up, "a", "$1", "job", "(.*)")', legendFormat: HARM },
      ],
      fieldConfig: FIELD,
      links: [
        { title: HARM, url: JAVASCRIPT },
        { title: HARM, url: DATA },
      ],
      options,
    })),
  };
}

function queryOf(name: string, other: string): Json {
  const query = `label_values(up{job=~"$${other}"}, job)`;
  return { name, type: 'query', query, multi: true, includeAll: true };
}

/** Variables that need each other, and themselves; repeats by them. */
export function circles(): Json {
  const panel = { type: 'stat', targets: [{ refId: 'A', expr: 'up' }] };
  return {
    title: 'Circles',
    uid: 'circles',
    schemaVersion: 39,
    time: { from: 'now-5m', to: 'now' },
    templating: {
      list: [
        queryOf('a', 'b'),
        queryOf('b', 'a'),
        queryOf('self', 'self'),
        { name: 'c', type: 'custom', query: '$c,$a', multi: true, includeAll: true },
      ],
    },
    panels: [
      { ...panel, id: 1, title: 'Of $a', repeat: 'a', gridPos: { x: 0, y: 0, w: 12, h: 6 } },
      { ...panel, id: 2, title: 'Of $c', repeat: 'c', gridPos: { x: 0, y: 6, w: 12, h: 6 } },
      { ...panel, id: 3, title: 'Plain', gridPos: { x: 0, y: 12, w: 12, h: 6 } },
    ],
  };
}

export function manyPanels(count: number): Json {
  return {
    title: 'Many',
    uid: 'many',
    schemaVersion: 39,
    time: { from: 'now-5m', to: 'now' },
    panels: Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      type: 'stat',
      title: `Panel ${index + 1}`,
      gridPos: { x: (index % 6) * 4, y: Math.floor(index / 6) * 4, w: 4, h: 4 },
      targets: [{ refId: 'A', expr: 'up' }],
    })),
  };
}

const WRONG: readonly unknown[] = [7, 'text', true, null, [], [1, 'x'], {}, { a: { b: 1 } }];

/** Each part of a panel as something that it cannot be; and one panel that is right. */
export function brokenDashboard(): Json {
  const wrong = WRONG.map((value, index) => ({
    id: index + 1,
    type: ['timeseries', 'stat', 'table', 'graph', 'text', 'heatmap', 'gauge', 'row'][index],
    title: value,
    description: value,
    gridPos: value,
    targets: [{ refId: value, expr: value, legendFormat: value }, value],
    fieldConfig: index % 2 === 0 ? value : { defaults: value, overrides: value },
    options: value,
    transformations: [value, { id: value, options: value }],
    links: value,
    repeat: value,
    datasource: value,
    maxDataPoints: value,
  }));
  const whole = { id: 9, type: 'stat', title: 'Whole', targets: [{ refId: 'A', expr: 'up' }] };
  return {
    title: 'Broken',
    uid: 'broken',
    schemaVersion: 'x',
    time: 5,
    timezone: {},
    refresh: [1],
    tags: {},
    links: { a: 1 },
    annotations: { list: WRONG },
    templating: { list: WRONG },
    timepicker: 'x',
    panels: [...wrong, { ...whole, gridPos: { x: 0, y: 0, w: 8, h: 4 } }],
  };
}
