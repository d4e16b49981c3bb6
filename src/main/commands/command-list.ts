import type { ArgumentDefinition, CommandDefinition, OptionDefinition } from './command.ts';

const DATA_DIR: ArgumentDefinition = {
  name: 'path',
  help: 'The data directory, data/ unless given. A server may be using it.',
  isOptional: true,
};

const SERVER: ArgumentDefinition = {
  name: 'server',
  help: 'Address of a Prometheus-compatible server, e.g. http://localhost:9090',
};

const HUMAN: OptionDefinition = {
  name: 'human-readable',
  short: 'r',
  kind: 'boolean',
  help: 'Print times and sizes for people.',
};

const FORMAT: OptionDefinition = {
  name: 'format',
  short: 'o',
  kind: 'text',
  fallback: 'promql',
  choices: ['promql', 'json'],
  help: 'Form of the answer.',
};

const HEADER: OptionDefinition = {
  name: 'header',
  kind: 'list',
  help: 'A header to send to the server: name=value.',
};

const MATCH: OptionDefinition = { name: 'match', kind: 'list', help: 'Series selector.' };

const DUMP_OPTIONS: readonly OptionDefinition[] = [
  { name: 'min-time', kind: 'count', help: 'No samples before. Milliseconds since the epoch.' },
  { name: 'max-time', kind: 'count', help: 'No samples after. Milliseconds since the epoch.' },
  MATCH,
  {
    name: 'sandbox-dir-root',
    kind: 'text',
    help: 'Taken as promtool takes it, without effect: nothing is written.',
  },
];

function time(name: string, help: string): OptionDefinition {
  return { name, kind: 'text', help: `${help} RFC 3339, or seconds since the epoch.` };
}

const START = time('start', 'Begin of the range.');
const END = time('end', 'End of the range.');

/** All commands but the server itself. What they need is loaded when they run. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'config show',
    help: 'Prints the configuration that runs: without a file an ordinary prometheus.yml to keep, made by looking at the containers of this machine once, their exposed ports included.',
    arguments: [],
    options: [
      {
        name: 'config.file',
        kind: 'text',
        help: 'Print this file as it counts, defaults included, and look at no container.',
      },
      {
        name: 'docker.host',
        kind: 'text',
        help: 'Address of the engine; DOCKER_HOST or the usual sockets unless given.',
      },
      {
        name: 'web.listen-address',
        kind: 'text',
        help: 'Where the server listens that is to scrape itself; 0.0.0.0:9090 unless given.',
      },
      { name: 'web.external-url', kind: 'text', help: 'As the server is given it.' },
      { name: 'web.route-prefix', kind: 'text', help: 'As the server is given it.' },
    ],
    load: async () => (await import('./config-show.ts')).configShow,
  },
  {
    name: 'check config',
    help: 'Says of configuration files whether they can be used.',
    arguments: [{ name: 'file', help: 'Configuration files.', isList: true }],
    options: [],
    load: async () => (await import('./check-config.ts')).checkConfigs,
  },
  {
    name: 'check metrics',
    help: 'Reads a page of metrics from the standard input and names what is against the conventions.',
    arguments: [],
    options: [
      { name: 'extended', kind: 'boolean', help: 'Show how many series each metric has, too.' },
    ],
    load: async () => (await import('./check-metrics.ts')).checkMetrics,
  },
  {
    name: 'query instant',
    help: 'Asks a server for the value of an expression at one time.',
    arguments: [SERVER, { name: 'expr', help: 'A PromQL expression.' }],
    options: [FORMAT, time('time', 'When to evaluate; now unless given.'), HEADER],
    load: async () => (await import('./query-commands.ts')).queryInstant,
  },
  {
    name: 'query range',
    help: 'Asks a server for the values of an expression over a range of time.',
    arguments: [SERVER, { name: 'expr', help: 'A PromQL expression.' }],
    options: [
      FORMAT,
      START,
      END,
      { name: 'step', kind: 'duration', help: 'Time between two values.' },
      HEADER,
    ],
    load: async () => (await import('./query-commands.ts')).queryRange,
  },
  {
    name: 'query explain',
    help: 'Asks a server how it evaluates an expression: at one time, or over a range where one is given.',
    arguments: [SERVER, { name: 'expr', help: 'A PromQL expression.' }],
    options: [
      FORMAT,
      { name: 'analyze', kind: 'boolean', help: 'Evaluate it, and show what each operator did.' },
      time('time', 'When to evaluate; now unless given.'),
      START,
      END,
      { name: 'step', kind: 'duration', help: 'Time between two values.' },
      HEADER,
    ],
    load: async () => (await import('./query-explain.ts')).queryExplain,
  },
  {
    name: 'query series',
    help: 'Asks a server for the series that match.',
    arguments: [SERVER],
    options: [FORMAT, { ...MATCH, isRequired: true }, START, END, HEADER],
    load: async () => (await import('./query-commands.ts')).querySeries,
  },
  {
    name: 'query labels',
    help: 'Asks a server for the values of a label.',
    arguments: [SERVER, { name: 'name', help: 'The label.' }],
    options: [FORMAT, MATCH, START, END, HEADER],
    load: async () => (await import('./query-commands.ts')).queryLabels,
  },
  {
    name: 'query analyze',
    help: 'Asks a server how histograms use their buckets.',
    arguments: [],
    options: [
      { name: 'server', kind: 'text', isRequired: true, help: SERVER.help },
      {
        name: 'type',
        kind: 'text',
        isRequired: true,
        choices: ['classichistograms', 'nativehistograms'],
        help: 'What to look at.',
      },
      { name: 'duration', kind: 'duration', fallback: '1h', help: 'How far to look back.' },
      time('time', 'End of the range; now unless given.'),
      {
        ...MATCH,
        isRequired: true,
        help: 'Series selector; of classic histograms that of their _sum.',
      },
      HEADER,
    ],
    load: async () => (await import('./query-analyze.ts')).queryAnalyze,
  },
  {
    name: 'test promql',
    help: 'Runs scripts of the PromQL test language and says which evaluations differ.',
    arguments: [{ name: 'file', help: 'Scripts.', isList: true }],
    options: [],
    load: async () => (await import('./test-promql.ts')).testPromql,
  },
  {
    name: 'tsdb list',
    help: 'Lists the blocks of a data directory.',
    arguments: [DATA_DIR],
    options: [HUMAN],
    load: async () => (await import('./tsdb-list.ts')).tsdbList,
  },
  {
    name: 'tsdb analyze',
    help: 'Shows what makes a block large: churn, label pairs, cardinality.',
    arguments: [
      DATA_DIR,
      { name: 'block', help: 'The block; the newest unless given.', isOptional: true },
    ],
    options: [
      { name: 'limit', kind: 'count', fallback: '20', help: 'Lines of each list at most.' },
      { name: 'extended', kind: 'boolean', help: 'Look into the chunks, too.' },
    ],
    load: async () => (await import('./tsdb-analyze.ts')).tsdbAnalyze,
  },
  {
    name: 'tsdb dump',
    help: 'Prints all samples of a data directory, its log included.',
    arguments: [DATA_DIR],
    options: [
      ...DUMP_OPTIONS,
      {
        name: 'format',
        kind: 'text',
        fallback: 'prom',
        choices: ['prom', 'seriesjson'],
        help: 'Samples, or series alone as JSON.',
      },
    ],
    load: async () => (await import('./tsdb-dump.ts')).tsdbDump,
  },
  {
    name: 'tsdb dump-openmetrics',
    help: 'The same in the OpenMetrics format, without native histograms and stale markers.',
    arguments: [DATA_DIR],
    options: DUMP_OPTIONS,
    load: async () => (await import('./tsdb-dump.ts')).tsdbDumpOpenMetrics,
  },
  {
    name: 'tsdb bench write',
    help: 'Writes samples as scrapes would and prints how long it took.',
    arguments: [
      {
        name: 'file',
        help: 'Series, one JSON object of labels a line; made up unless given.',
        isOptional: true,
      },
    ],
    options: [
      {
        name: 'out',
        kind: 'text',
        fallback: 'benchout',
        help: 'Where the data goes. Replaced if a run before has made it, otherwise it must be empty.',
      },
      { name: 'metrics', kind: 'count', fallback: '10000', help: 'Number of series to read.' },
      { name: 'scrapes', kind: 'count', fallback: '3000', help: 'Number of scrapes to simulate.' },
    ],
    load: async () => (await import('./tsdb-bench-write.ts')).tsdbBenchWrite,
  },
  {
    name: 'tsdb create-blocks-from openmetrics',
    help: 'Makes blocks out of the samples of an OpenMetrics file, each with its timestamp.',
    arguments: [
      { name: 'file', help: 'An OpenMetrics file.' },
      { name: 'directory', help: 'Where the blocks go; data/ unless given.', isOptional: true },
    ],
    options: [
      HUMAN,
      { name: 'quiet', short: 'q', kind: 'boolean', help: 'Do not print the blocks made.' },
      {
        name: 'max-block-duration',
        kind: 'duration',
        fallback: '2h',
        help: 'What a block may span. Longer ones are faster to make; 2h is the least.',
      },
    ],
    load: async () => (await import('./tsdb-create-blocks.ts')).createBlocksFromOpenMetrics,
  },
];
