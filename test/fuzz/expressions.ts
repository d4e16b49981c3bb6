// Random expressions, as trees of text that can be made smaller piece by piece.
import { Random } from '../simulation/random.ts';
import type { Data } from './data.ts';
import {
  AGGREGATIONS,
  ARITHMETIC,
  COMPARISONS,
  COUNTER,
  COUNTERS,
  DATES,
  EXACT_ARITHMETIC,
  EXACT_MATH,
  EXTENDED,
  FLOATS,
  HISTOGRAMS,
  LABELS,
  MATH,
  OVER_TIME,
  OVER_TIME_NEW,
  VALUES,
  type Metric,
} from './vocabulary.ts';

export type NodeType = 'vector' | 'scalar' | 'matrix';

/** A piece of an expression; `parts` joined are its text. */
export interface Node {
  readonly type: NodeType;
  readonly parts: readonly (string | Node)[];
}

export interface ExpressionOptions {
  readonly hasHistograms: boolean;
  /** Without what Prometheus 2.42 does not have, or has otherwise. */
  readonly isCommonSubset: boolean;
}

export function textOf(node: Node): string {
  return node.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

export function randomExpression(random: Random, data: Data, options: ExpressionOptions): Node {
  const writer = new Writer(random, data, options);
  if (options.isCommonSubset && random.chance(0.1)) return writer.outermost();
  if (random.chance(0.02)) return writer.bareRange();
  return random.chance(0.04) ? writer.scalar(3) : writer.vector(random.between(1, 4));
}

type Weighted<T> = readonly (readonly [weight: number, make: () => T])[];

class Writer {
  readonly #random: Random;
  readonly #data: Data;
  readonly #options: ExpressionOptions;

  /** The bounds of a subquery in another one would be at the same times as its samples. */
  #isInSubquery = false;

  constructor(random: Random, data: Data, options: ExpressionOptions) {
    this.#random = random;
    this.#data = data;
    this.#options = options;
  }

  #choose<T>(weighted: Weighted<T>): T {
    const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.#random.next() * total;
    for (const [weight, make] of weighted) {
      left -= weight;
      if (left < 0) return make();
    }
    return weighted[0][1]();
  }

  #new<T>(weight: number, make: () => T): readonly [number, () => T] {
    return [this.#options.isCommonSubset ? 0 : weight, make];
  }

  vector(depth: number): Node {
    const random = this.#random;
    if (depth <= 0) return random.chance(0.5) ? this.#selector() : this.#rangeCall(0);
    const inner = (): Node => this.vector(depth - 1);
    return this.#choose<Node>([
      [3, () => this.#selector()],
      [6, () => this.#rangeCall(depth - 1)],
      [4, () => this.#mapCall(inner())],
      [5, () => this.#aggregation(depth - 1)],
      [5, () => this.#binary(depth - 1)],
      [2, () => this.#setOperation(depth - 1)],
      [2, () => this.#classicHistogram(depth - 1)],
      [this.#options.hasHistograms ? 3 : 0, () => this.#histogramCall(depth - 1)],
      [1, () => node('vector', '-', inner())],
      [1, () => node('vector', '(', inner(), ')')],
      [1, () => this.#labelCall(inner())],
      [1, () => node('vector', 'absent(', random.chance(0.5) ? this.#selector() : inner(), ')')],
      [1, () => node('vector', 'vector(', this.scalar(depth - 1), ')')],
      [1, () => this.#sorted(inner())],
      [1, () => this.#timestamp(depth - 1)],
      this.#new(1, () => this.#info(depth - 1)),
      this.#new(0.2, () => this.#wrong(inner())),
    ]);
  }

  /** What programs compute to other last digits, where nothing can make more of the difference. */
  outermost(): Node {
    const random = this.#random;
    const inner = this.vector(random.between(0, 2));
    if (random.chance(0.7)) return node('vector', `${random.pick(MATH)}(`, inner, ')');
    return node('vector', '(', inner, ') ^ ', this.scalar(1));
  }

  /** The samples themselves. Range queries must refuse it. */
  bareRange(): Node {
    const random = this.#random;
    if (this.#options.isCommonSubset || random.chance(0.5)) return this.#range(2);
    const text = `${this.#selectorText(this.#metric())}[${this.#duration()}]`;
    return node('matrix', `${text} ${random.pick(['anchored', 'smoothed'])}${this.#modifiers()}`);
  }

  scalar(depth: number): Node {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.4)) return node('scalar', this.#number());
    const one = (): Node => this.scalar(depth - 1);
    return this.#choose<Node>([
      [2, () => node('scalar', 'time()')],
      [3, () => node('scalar', 'scalar(', this.vector(depth - 1), ')')],
      [2, () => node('scalar', one(), ` ${random.pick(this.#arithmetic())} `, one())],
      [1, () => node('scalar', one(), ` ${random.pick(COMPARISONS)} bool `, one())],
      [1, () => node('scalar', '-', one())],
      [1, () => node('scalar', '(', one(), ')')],
      [0.3, () => node('scalar', 'pi()')],
      this.#new(1, () => node('scalar', `${random.pick(['start', 'end', 'range', 'step'])}()`)),
      this.#new(1, () =>
        node('scalar', `${random.pick(['max_of', 'min_of'])}(`, one(), ', ', one(), ')'),
      ),
    ]);
  }

  #number(): string {
    const random = this.#random;
    return random.pick([
      () => String(random.between(0, 5)),
      () => String(random.between(-100, 1000) / 8),
      () => random.pick(['0.5', '0.9', '0.99', '1e3', '0x1F', '.25', '1e-9']),
      () => random.pick(['NaN', 'Inf', '-Inf', '-0', '1e308', '5e-324', '-1', '0']),
    ])();
  }

  #metric(): Metric {
    const isHistogram = this.#options.hasHistograms && this.#random.chance(0.15);
    const metrics = isHistogram ? HISTOGRAMS : FLOATS;
    const metric = this.#random.pick(metrics);
    return this.#options.isCommonSubset && /[^\w:]/.test(metric.name) ? FLOATS[0] : metric;
  }

  #selector(metric = this.#metric()): Node {
    return node('vector', this.#selectorText(metric) + this.#smoothing() + this.#modifiers());
  }

  #smoothing(): string {
    return !this.#options.isCommonSubset && this.#random.chance(0.03) ? ' smoothed' : '';
  }

  #selectorText({ name, labels }: Metric): string {
    const random = this.#random;
    const names = labels.filter((label) => !this.#options.isCommonSubset || /^\w+$/.test(label));
    const matchers: string[] = [];
    for (const label of names) {
      if (random.chance(0.2)) matchers.push(this.#matcher(label));
    }
    if (random.chance(0.03)) matchers.push(this.#matcher('zone'));
    if (names.length > 0 && random.chance(0.03)) matchers.push(this.#matcher(random.pick(names)));
    if (/[^\w:]/.test(name)) return `{${[JSON.stringify(name), ...matchers].join(',')}}`;
    if (random.chance(0.03)) return this.#nameMatcher(matchers);
    return matchers.length > 0 ? `${name}{${matchers.join(',')}}` : name;
  }

  #nameMatcher(matchers: readonly string[]): string {
    const names = ['__name__=~"gauge|level"', '__name__=~"latency_.*"', '__name__=~"re.+"'];
    return `{${[this.#random.pick(names), ...matchers].join(',')}}`;
  }

  #matcher(label: string): string {
    const random = this.#random;
    const values = VALUES[label] ?? [''];
    const name = /^\w+$/.test(label) ? label : JSON.stringify(label);
    return random.pick([
      () => `${name}=${JSON.stringify(random.pick(values))}`,
      () => `${name}!=${JSON.stringify(random.pick(values))}`,
      () =>
        `${name}=~${JSON.stringify(random.pick([values.join('|'), '.*', '.+', `${values[0]}|x`]))}`,
      () => `${name}!~${JSON.stringify(random.pick([values[0], 'x.*', '.+']))}`,
    ])();
  }

  #modifiers(): string {
    const random = this.#random;
    const parts: string[] = [];
    if (random.chance(0.12)) parts.push(`offset ${this.#offset()}`);
    if (random.chance(0.06)) parts.push(`@ ${this.#instant()}`);
    return parts.map((part) => ` ${part}`).join('');
  }

  #instant(): string {
    const random = this.#random;
    if (random.chance(0.4)) return random.pick(['start()', 'end()']);
    const { startMs, endMs } = this.#data;
    const seconds = random.between(startMs, endMs) / 1000;
    return this.#options.isCommonSubset ? `${Math.floor(seconds)}.2` : seconds.toFixed(3);
  }

  #offset(): string {
    const random = this.#random;
    const sign = random.chance(0.3) ? '-' : '';
    if (!this.#options.isCommonSubset && random.chance(0.1)) return `(${sign}1m*2)`;
    return sign + this.#duration();
  }

  /** From a part of the scrape interval to most of the data. */
  #duration(): string {
    const random = this.#random;
    const { intervalMs } = this.#data;
    const times = random.pick([1, 2, 3, 4, 5, 8, 15]);
    const odd = random.chance(0.4) ? random.between(-999, 999) : 0;
    if (this.#options.isCommonSubset) {
      return `${Math.max(1, (times * intervalMs) / 1000 + (odd % 5))}s`;
    }
    const milliseconds = Math.max(1, times * intervalMs + odd);
    if (!this.#options.isCommonSubset && random.chance(0.04)) {
      return random.pick([
        '(30s*2)',
        '(step()+1m)',
        '(90s-5)',
        '(max_of(step(), 1m))',
        '(1m+range()/2)',
      ]);
    }
    return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
  }

  #range(depth: number): Node {
    const random = this.#random;
    const isSubquery = random.chance(depth > 0 ? 0.25 : 0.08);
    if (isSubquery && !this.#isInSubquery) return this.#subquery(depth);
    return node(
      'matrix',
      `${this.#selectorText(this.#metric())}[${this.#duration()}]${this.#modifiers()}`,
    );
  }

  #subquery(depth: number): Node {
    const random = this.#random;
    const step = random.chance(0.3) ? '' : this.#duration();
    this.#isInSubquery = this.#options.isCommonSubset;
    const inner = this.vector(depth - 1);
    this.#isInSubquery = false;
    return node('matrix', '(', inner, `)[${this.#duration()}:${step}]${this.#modifiers()}`);
  }

  #rangeCall(depth: number): Node {
    const random = this.#random;
    const { isCommonSubset } = this.#options;
    return this.#choose<Node>([
      [5, () => this.#counterCall(depth)],
      [5, () => node('vector', `${random.pick(OVER_TIME)}(`, this.#range(depth), ')')],
      this.#new(2, () => node('vector', `${random.pick(OVER_TIME_NEW)}(`, this.#range(depth), ')')),
      this.#new(1.5, () => this.#extended()),
      [
        1,
        () =>
          node('vector', 'quantile_over_time(', this.#quantile(), ', ', this.#range(depth), ')'),
      ],
      [1, () => this.#prediction(depth)],
      [isCommonSubset ? 0 : 0.5, () => this.#doubleSmoothing(depth)],
      [0.5, () => node('vector', 'absent_over_time(', this.#range(depth), ')')],
    ]);
  }

  /** In range queries with `@` 2.42 loses samples. */
  #prediction(depth: number): Node {
    const bare = node('matrix', `${this.#selectorText(this.#metric())}[${this.#duration()}]`);
    const range = this.#options.isCommonSubset ? bare : this.#range(depth);
    return node('vector', 'predict_linear(', range, ', ', this.scalar(1), ')');
  }

  /** Beyond gaps and behind a late start, 2.42 extrapolates gauges in another way. */
  #counterCall(depth: number): Node {
    const name = this.#random.pick(COUNTERS);
    const range = this.#isOfCounters(name) ? this.#plainRange(COUNTER) : this.#range(depth);
    return node('vector', `${name}(`, range, ')');
  }

  #isOfCounters(name: string): boolean {
    return this.#options.isCommonSubset && (name === 'rate' || name === 'increase');
  }

  #plainRange(metric: Metric): Node {
    const text = `${this.#selectorText(metric)}[${this.#duration()}]${this.#modifiers()}`;
    return node('matrix', text);
  }

  #extended(): Node {
    const random = this.#random;
    const how = random.pick(['anchored', 'smoothed']);
    const names = how === 'anchored' ? [...EXTENDED, 'changes', 'resets'] : EXTENDED;
    const text = `${this.#selectorText(this.#metric())}[${this.#duration()}] ${how}${this.#modifiers()}`;
    return node('vector', `${random.pick(names)}(`, node('matrix', text), ')');
  }

  #doubleSmoothing(depth: number): Node {
    const factor = (): string => this.#random.pick(['0.5', '0.1', '0.9', '0.3']);
    const name = 'double_exponential_smoothing';
    return node('vector', `${name}(`, this.#range(depth), `, ${factor()}, ${factor()})`);
  }

  #quantile(): Node {
    const random = this.#random;
    if (random.chance(0.1)) return node('scalar', random.pick(['-1', '2', 'NaN', '1.5']));
    return node('scalar', random.pick(['0', '0.1', '0.25', '0.5', '0.9', '0.99', '1']));
  }

  #mapCall(inner: Node): Node {
    const random = this.#random;
    const one = (): Node => this.scalar(1);
    return this.#choose<Node>([
      [
        5,
        () =>
          node(
            'vector',
            `${random.pick(this.#options.isCommonSubset ? EXACT_MATH : MATH)}(`,
            inner,
            ')',
          ),
      ],
      [1, () => this.#date(inner)],
      [0.5, () => node('vector', `${random.pick(DATES)}()`)],
      [1, () => node('vector', 'clamp(', inner, ', ', one(), ', ', one(), ')')],
      [
        1,
        () =>
          node('vector', `${random.pick(['clamp_min', 'clamp_max'])}(`, inner, ', ', one(), ')'),
      ],
      [1, () => node('vector', 'round(', inner, ')')],
      [1, () => node('vector', 'round(', inner, ', ', one(), ')')],
    ]);
  }

  #grouping(): string {
    const random = this.#random;
    const word = random.pick(['', 'by', 'by', 'by', 'without']);
    if (word === '') return '';
    return ` ${word} (${this.#labelList()})`;
  }

  #labelList(): string {
    const random = this.#random;
    const names = LABELS.filter((name) => !this.#options.isCommonSubset || /^\w+$/.test(name));
    const chosen = names.filter((_, i) => random.chance(i < 2 ? 0.5 : 0.12));
    if (random.chance(0.03)) chosen.push('__name__');
    return chosen.map((name) => (/^\w+$/.test(name) ? name : JSON.stringify(name))).join(', ');
  }

  #aggregation(depth: number): Node {
    const random = this.#random;
    const inner = this.vector(depth);
    const by = this.#grouping();
    const group = (operator: string, ...parts: (string | Node)[]): Node =>
      node('vector', `${operator}${by} (`, ...parts, inner, ')');
    const count = (): Node =>
      this.#options.isCommonSubset || random.chance(0.8)
        ? node('scalar', String(random.between(0, 4)))
        : this.scalar(1);
    return this.#choose<Node>([
      [10, () => this.#plainAggregation(by, inner)],
      [2, () => group(random.pick(['topk', 'bottomk']), count(), ', ')],
      [1, () => group('quantile', this.#quantile(), ', ')],
      [1, () => this.#countValues(by, inner)],
      this.#new(0.5, () => node('vector', `count${by} (`, group('limitk', count(), ', '), ')')),
      this.#new(0.5, () =>
        group('limit_ratio', `${random.pick(['0.5', '-0.5', '0.1', '-0.9', '2', '0'])}, `),
      ),
    ]);
  }

  /** Prometheus forgets an offset beside `@` here. */
  #timestamp(depth: number): Node {
    const random = this.#random;
    const isSelector = this.#options.isCommonSubset || random.chance(0.6);
    const plain = node('vector', this.#selectorText(this.#metric()));
    const selector = this.#options.isCommonSubset ? plain : this.#selector();
    return node('vector', 'timestamp(', isSelector ? selector : this.vector(depth), ')');
  }

  /** Last digits must not become label values. */
  #countValues(by: string, inner: Node): Node {
    const label = this.#random.pick(['"value"', '"instance"', '"v"']);
    const counted = this.#options.isCommonSubset ? this.#selector() : inner;
    return node('vector', `count_values${by} (${label}, `, counted, ')');
  }

  /** Of what is a number: in Prometheus the date of NaN is one that depends on the processor. */
  #date(inner: Node): Node {
    const seconds = this.#options.isCommonSubset ? this.#selector() : inner;
    return node('vector', `${this.#random.pick(DATES)}(`, node('vector', seconds, ' % 1e9'), ')');
  }

  /** 2.42 takes the deviation of one NaN or infinity for 0. */
  #plainAggregation(by: string, inner: Node): Node {
    const operator = this.#random.pick(AGGREGATIONS);
    const isDeviation = this.#options.isCommonSubset && operator.startsWith('std');
    return node('vector', `${operator}${by} (`, isDeviation ? this.#selector() : inner, ')');
  }

  #binary(depth: number): Node {
    const random = this.#random;
    const operator = this.#operator();
    const left = (): Node => this.vector(depth);
    return this.#choose<Node>([
      [3, () => node('vector', left(), ` ${operator} `, this.scalar(depth))],
      [2, () => node('vector', this.scalar(depth), ` ${operator} `, left())],
      [3, () => this.#sameMetric(operator, depth)],
      [3, () => this.#aggregatedSides(operator, depth)],
      [2, () => this.#enriching(operator, depth)],
      [1, () => node('vector', left(), ` ${operator}${this.#matching()} `, this.vector(depth))],
      [
        random.chance(0.5) ? 0 : 1,
        () => node('vector', '(', left(), ') ', `${operator} `, this.vector(depth)),
      ],
    ]);
  }

  #arithmetic(): readonly string[] {
    return this.#options.isCommonSubset ? EXACT_ARITHMETIC : ARITHMETIC;
  }

  #operator(): string {
    const random = this.#random;
    if (random.chance(0.55)) return random.pick(this.#arithmetic());
    return random.pick(COMPARISONS) + (random.chance(0.4) ? ' bool' : '');
  }

  #matching(): string {
    const random = this.#random;
    if (random.chance(0.3)) return '';
    return ` ${random.pick(['on', 'ignoring'])} (${this.#labelList()})${this.#fill()}`;
  }

  #fill(): string {
    const random = this.#random;
    if (this.#options.isCommonSubset || random.chance(0.75)) return '';
    const fill = (name: string): string => ` ${name}(${random.pick(['0', '1', '-5', 'NaN'])})`;
    return random.pick([
      fill('fill'),
      fill('fill_left'),
      fill('fill_right'),
      fill('fill_left') + fill('fill_right'),
    ]);
  }

  /** Series of one metric with themselves, at other times perhaps. */
  #sameMetric(operator: string, depth: number): Node {
    const metric = this.#metric();
    const side = (): Node => this.#derived(metric, depth);
    const fill = this.#fill();
    const matching = fill === '' ? '' : ` ignoring (zone)${fill}`;
    return node('vector', side(), ` ${operator}${matching} `, side());
  }

  #derived(metric: Metric, depth: number): Node {
    const random = this.#random;
    if (random.chance(0.5)) return this.#selector(metric);
    const name = random.pick([...COUNTERS, ...OVER_TIME]);
    const range = this.#plainRange(this.#isOfCounters(name) ? COUNTER : metric);
    const call = node('vector', `${name}(`, range, ')');
    return depth > 0 && random.chance(0.3) ? this.#mapCall(call) : call;
  }

  #aggregatedSides(operator: string, depth: number): Node {
    const random = this.#random;
    const labels = random.pick(['instance', 'job', 'instance, job']);
    const side = (): Node => this.#plainAggregation(` by (${labels})`, this.vector(depth - 1));
    const matching = random.pick(['', ` on (${labels})${this.#fill()}`]);
    return node('vector', side(), ` ${operator}${matching} `, side());
  }

  #enriching(operator: string, depth: number): Node {
    const random = this.#random;
    const include = random.pick(['', 'version', 'zone, version']);
    const one = random.pick([
      () => node('vector', 'target_info'),
      () => node('vector', 'sum by (instance, job) (', this.vector(depth - 1), ')'),
      () => this.#selector({ name: 'gauge', labels: ['zone'] }),
    ])();
    const on = random.pick([
      'on (instance, job)',
      'on (instance, job)',
      'ignoring (code, zone, le, version, region)',
    ]);
    const many = random.chance(0.7) ? this.#derived(this.#metric(), depth) : this.vector(depth);
    const fill = this.#fill();
    if (random.chance(0.7))
      return node('vector', many, ` ${operator} ${on} group_left (${include})${fill} `, one);
    return node('vector', one, ` ${operator} ${on} group_right (${include})${fill} `, many);
  }

  #setOperation(depth: number): Node {
    const random = this.#random;
    const operator = random.pick(['and', 'or', 'unless']);
    const matching = random.chance(0.5)
      ? ''
      : ` ${random.pick(['on', 'ignoring'])} (${this.#labelList()})`;
    return node('vector', this.vector(depth), ` ${operator}${matching} `, this.vector(depth));
  }

  #classicHistogram(depth: number): Node {
    const random = this.#random;
    const buckets = node(
      'matrix',
      `latency_seconds_bucket[${this.#duration()}]${this.#modifiers()}`,
    );
    const rates = node('vector', `${random.pick(['rate', 'increase'])}(`, buckets, ')');
    const inner = random.pick([
      () => node('vector', 'latency_seconds_bucket'),
      () => rates,
      () => node('vector', `sum by (le${random.pick(['', ', job', ', instance'])}) (`, rates, ')'),
      () => this.vector(depth),
    ])();
    const fraction = this.#options.isCommonSubset ? 0 : 1;
    return this.#choose<Node>([
      [3, () => node('vector', 'histogram_quantile(', this.#quantile(), ', ', inner, ')')],
      [fraction, () => this.#fraction(inner)],
      [fraction * 0.5, () => this.#quantiles(inner)],
    ]);
  }

  #fraction(inner: Node): Node {
    return node(
      'vector',
      'histogram_fraction(',
      this.scalar(0),
      ', ',
      this.scalar(0),
      ', ',
      inner,
      ')',
    );
  }

  #quantiles(inner: Node): Node {
    return node(
      'vector',
      'histogram_quantiles(',
      inner,
      ', "q", ',
      this.#quantile(),
      ', ',
      this.#quantile(),
      ')',
    );
  }

  #histogramCall(depth: number): Node {
    const random = this.#random;
    const metric = random.pick(HISTOGRAMS);
    const inner = this.#choose<Node>([
      [2, () => this.#selector(metric)],
      [3, () => this.#derived(metric, 0)],
      [
        2,
        () =>
          node(
            'vector',
            `${random.pick(['sum', 'avg'])}${this.#grouping()} (`,
            this.#derived(metric, 0),
            ')',
          ),
      ],
      [1, () => this.vector(depth)],
    ]);
    const simple = [
      'histogram_count',
      'histogram_sum',
      'histogram_avg',
      'histogram_stddev',
      'histogram_stdvar',
    ];
    return this.#choose<Node>([
      [4, () => node('vector', `${random.pick(simple)}(`, inner, ')')],
      [3, () => node('vector', 'histogram_quantile(', this.#quantile(), ', ', inner, ')')],
      [2, () => this.#fraction(inner)],
      [0.5, () => this.#quantiles(inner)],
      [1, () => inner],
    ]);
  }

  #labelCall(inner: Node): Node {
    const random = this.#random;
    const target = random.pick(['job', 'copy', 'instance', '__name__', 'zone']);
    const source = random.pick(['instance', 'job', 'code', 'missing']);
    if (random.chance(0.3)) {
      return node('vector', 'label_join(', inner, `, "${target}", "-", "instance", "${source}")`);
    }
    const [pattern, template] = random.pick([
      ['(.*)', '$1'],
      ['(.).*', 'x-${1}-$2'],
      ['(?P<first>[a-b]).*', '$first'],
      ['api|a:1', 'found'],
      ['', 'was empty'],
      ['.+', ''],
    ]);
    return node(
      'vector',
      'label_replace(',
      inner,
      `, "${target}", "${template}", "${source}", "${pattern}")`,
    );
  }

  #sorted(inner: Node): Node {
    const random = this.#random;
    if (this.#options.isCommonSubset || random.chance(0.6)) {
      return node('vector', `${random.pick(['sort', 'sort_desc'])}(`, inner, ')');
    }
    return node(
      'vector',
      `${random.pick(['sort_by_label', 'sort_by_label_desc'])}(`,
      inner,
      ', "version", "instance")',
    );
  }

  #info(depth: number): Node {
    const random = this.#random;
    const inner = random.chance(0.7) ? this.#selector() : this.vector(depth);
    const selector = random.pick([
      '',
      ', {version=~".+"}',
      ', {version="1"}',
      ', {__name__="build_info"}',
      ', {__name__=~"target_info|build_info", version=~".*"}',
      ', {__name__=~".+_info"}',
    ]);
    return node('vector', 'info(', inner, `${selector})`);
  }

  /** Both must refuse it. */
  #wrong(inner: Node): Node {
    return this.#random.pick([
      () => node('vector', 'double_exponential_smoothing(one[1h], 2, 0.5)'),
      () => node('vector', 'label_replace(', inner, ', "", "x", "instance", ".*")'),
      () => node('vector', 'topk(NaN, ', inner, ')'),
      () => node('vector', 'max_over_time(one[1h] anchored)'),
      () => node('vector', inner, ' + ignoring (instance, job, code, zone) ', inner),
      () => node('vector', 'count_values("", ', inner, ')'),
    ])();
  }
}

function node(type: NodeType, ...parts: (string | Node)[]): Node {
  return { type, parts };
}
