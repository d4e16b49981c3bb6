import { describe, expect, it } from 'vitest';
import { failuresOf } from './check-script.ts';
import { SCRIPT_ENGINE_OPTIONS } from './run.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  'a sample is seen until it is older than the lookback': `
load 1m
  up 1

eval instant at 0 up
  up 1

eval instant at 4m59s up
  up 1

eval instant at 5m up
`,
  'a stale marker ends a series at once': `
load 1m
  up 1 stale _ 2

eval range from 0 to 3m step 30s up
  up 1 1 _ _ _ _ 2
`,
  'offset and @ move the instant that a selector looks at': `
load 1m
  c 0+1x10

eval instant at 5m c offset 2m
  c 3

eval instant at 5m c offset -2m
  c 7

eval range from 1m to 3m step 1m c @ 240
  c 4 4 4

eval range from 1m to 3m step 1m c @ start() + c @ end()
  {} 4 4 4
`,
  'a range is open to the left and closed to the right': `
load 1m
  c 1 2 3 4

eval instant at 3m count_over_time(c[2m])
  {} 2

eval instant at 3m c[1m]
  expect range vector from 3m to 3m step 1m
  c 4
`,
  'rate makes up for resets and reaches to near bounds': `
load 1m
  c_total 0 60 120 0 60 120

eval instant at 5m increase(c_total[5m])
  {} 225

eval instant at 5m rate(c_total[5m])
  {} 0.75

eval instant at 5m irate(c_total[5m])
  {} 1

eval instant at 5m delta(c_total[5m])
  {} 75

eval instant at 5m resets(c_total[10m])
  {} 1
`,
  'functions over time see each sample of the window': `
load 10s
  m 2 8 5 NaN 1

eval instant at 20s sum_over_time(m[1m])
  {} 15

eval instant at 20s avg_over_time(m[1m])
  {} 5

eval instant at 40s max_over_time(m[1m])
  {} 8

eval instant at 40s min_over_time(m[1m])
  {} 1

eval instant at 20s stdvar_over_time(m[1m])
  {} 6

eval instant at 20s quantile_over_time(0.5, m[1m])
  {} 5

eval instant at 40s ts_of_max_over_time(m[1m])
  {} 10

eval instant at 20s last_over_time(m[1m])
  m 5

eval instant at 20s predict_linear(m[1m], 10)
  {} 8

eval instant at 40s present_over_time(m[1m])
  {} 1

eval instant at 2m absent_over_time(m{job="x"}[1m])
  {job="x"} 1
`,
  'sums keep what rounding would lose': `
load 10s
  big{k="1"} 1e100
  big{k="2"} 1
  big{k="3"} -1e100
  line 1e100 1 -1e100

eval instant at 0 sum(big)
  {} 1

eval instant at 20s sum_over_time(line[1m])
  {} 1

eval instant at 20s avg_over_time(line[1m])
  {} 0.3333333333333333
`,
  'averages do not overflow where their sum would': `
load 10s
  big{k="1"} 1e308
  big{k="2"} 1e308
  big{k="3"} 1e308

eval instant at 0 avg(big)
  {} 1e308

eval instant at 0 sum(big)
  {} +Inf
`,
  'aggregations group by some labels or without others': `
load 1m
  m{a="1", b="x"} 1
  m{a="1", b="y"} 3
  m{a="2", b="x"} 10

eval instant at 0 sum by (a) (m)
  {a="1"} 4
  {a="2"} 10

eval instant at 0 max without (a) (m)
  {b="x"} 10
  {b="y"} 3

eval instant at 0 count(m)
  {} 3

eval instant at 0 topk(2, m)
  expect ordered
  m{a="2", b="x"} 10
  m{a="1", b="y"} 3

eval instant at 0 bottomk by (a) (1, m)
  m{a="1", b="x"} 1
  m{a="2", b="x"} 10

eval instant at 0 quantile(0.5, m)
  {} 3

eval instant at 0 stddev by (a) (m)
  {a="1"} 1
  {a="2"} 0

eval instant at 0 count_values("v", m % 2)
  {v="1"} 2
  {v="0"} 1

eval instant at 0 group(m)
  {} 1

eval instant at 0 count(limitk(2, m))
  {} 2

eval instant at 0 topk(NaN, m)
  expect fail msg: Parameter value is NaN
`,
  'vectors are matched by their labels': `
load 1m
  errors{code="500", host="a"} 4
  errors{code="404", host="a"} 2
  errors{code="500", host="b"} 1
  total{host="a"} 8
  total{host="b"} 4

eval instant at 0 errors / on(host) group_left total
  {code="500", host="a"} 0.5
  {code="404", host="a"} 0.25
  {code="500", host="b"} 0.25

eval instant at 0 total - ignoring(code) group_right errors
  {code="500", host="a"} 4
  {code="404", host="a"} 6
  {code="500", host="b"} 3

eval instant at 0 errors{code="500"} / on(host) total
  {host="a"} 0.5
  {host="b"} 0.25

eval instant at 0 errors / on(host) total
  expect fail msg: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)

eval instant at 0 total / on(host) errors
  expect fail

eval instant at 0 errors > 1
  errors{code="500", host="a"} 4
  errors{code="404", host="a"} 2

eval instant at 0 errors > bool 1
  {code="500", host="a"} 1
  {code="404", host="a"} 1
  {code="500", host="b"} 0

eval instant at 0 3 < errors
  errors{code="500", host="a"} 4

eval instant at 0 total and on(host) errors{code="404"}
  total{host="a"} 8

eval instant at 0 total unless on(host) errors{code="404"}
  total{host="b"} 4

eval instant at 0 total{host="a"} or errors{code="500"}
  total{host="a"} 8
  errors{code="500", host="a"} 4
  errors{code="500", host="b"} 1
`,
  'matching is decided anew at each step': `
load 1m
  l{a="1", v="x"} 1 1 _ _ _ _ _ _
  l{a="1", v="y"} _ _ _ _ _ _ _ 5
  r{a="1"} 10 20 30 40 50 60 70 80

eval range from 0 to 7m step 1m l * on(a) r
  {a="1"} 10 20 30 40 50 60 _ 400
`,
  'scalars follow the rules of floats': `
eval instant at 0 1 / 0
  Inf

eval instant at 0 -7 % 3
  -1

eval instant at 0 2 ^ 3 ^ 2
  512

eval instant at 0 1 ^ NaN
  1

eval instant at 0 NaN == bool NaN
  0

eval range from 0 to 2m step 1m time()
  {} 0 60 120
`,
  'a subquery is evaluated at multiples of its step': `
load 10s
  c_total 0+10x60

eval instant at 5m max_over_time(rate(c_total[1m])[2m:30s])
  {} 1

eval instant at 5m count_over_time(c_total[2m:30s])
  {} 4

eval instant at 5m10s count_over_time(c_total[1m:])
  {} 1

eval range from 4m to 5m step 30s sum_over_time(vector(1)[1m:20s])
  {} 3 3 3

eval instant at 9m max_over_time(c_total[1m:20s] offset 1m)
  {} 480
`,
  'labels are replaced and joined': `
load 1m
  m{src="a-b"} 1

eval instant at 0 label_replace(m, "dst", "$2:\${x}", "src", "(?P<x>.*)-(.*)")
  m{src="a-b", dst="b:a"} 1

eval instant at 0 label_replace(m, "src", "", "src", ".*")
  m 1

eval instant at 0 label_join(m, "all", "/", "src", "none", "__name__")
  m{src="a-b", all="a-b//m"} 1

eval instant at 0 label_replace(m, "dst", "x", "src", "(")
  expect fail
`,
  'a classic histogram has quantiles and fractions': `
load 1m
  lat_bucket{le="1"} 2
  lat_bucket{le="2"} 6
  lat_bucket{le="+Inf"} 8

eval instant at 0 histogram_quantile(0.5, lat_bucket)
  {} 1.5

eval instant at 0 histogram_quantile(0.99, lat_bucket)
  {} 2

eval instant at 0 histogram_fraction(0, 1, lat_bucket)
  {} 0.25

eval instant at 0 histogram_quantile(7, lat_bucket)
  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 7 (1:20)
  {} +Inf
`,
  'buckets that fall are raised, with a hint': `
load 1m
  lat_bucket{le="1"} 5
  lat_bucket{le="2"} 3
  lat_bucket{le="+Inf"} 10

eval instant at 0 histogram_quantile(0.2, lat_bucket)
  expect info regex: needed to be fixed for monotonicity .* from buckets 2 to 2, with a max diff of 2, over 1 samples
  {} 0.4
`,
  'native histograms are added, scaled, trimmed and measured': `
load 1m
  h{k="1"} {{schema:0 sum:6 count:3 buckets:[1 2]}}
  h{k="2"} {{schema:1 sum:2 count:2 buckets:[0 1 1]}}

eval instant at 0 sum(h)
  {} {{schema:0 sum:8 count:5 buckets:[1 4]}}

eval instant at 0 histogram_count(h{k="1"} * 2)
  {k="1"} 6

eval instant at 0 histogram_avg(h)
  {k="1"} 2
  {k="2"} 1

eval instant at 0 histogram_quantile(1, h{k="1"})
  {k="1"} 2

eval instant at 0 histogram_fraction(0, 1, h{k="1"})
  {k="1"} 0.3333333333333333

eval instant at 0 histogram_count(h{k="1"} </ 1)
  {k="1"} 1

eval instant at 0 h + 1
  expect info
`,
  'mixes of floats and histograms give nothing but a warning': `
load 1m
  m 1 {{count:1}}

eval instant at 1m sum_over_time(m[5m])
  expect warn msg: PromQL warning: encountered a mix of histograms and floats for metric name "m" (1:15)

eval instant at 1m count_over_time(m[5m])
  {} 2
`,
  'rate hints at metrics that do not look like counters': `
load 1m
  thing 1 2 3

eval instant at 2m rate(thing[2m])
  expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "thing" (1:6)
  {} 0.016666666666666666
`,
  'absent tells what the selector pins down': `
eval instant at 0 absent(up{job="a", env=~"x", job2="b"})
  {job="a", job2="b"} 1

eval instant at 0 absent(vector(1))

eval instant at 0 scalar(up)
  NaN
`,
  'dates are in UTC': `
eval instant at 0 hour(vector(1136239445))
  {} 22

eval instant at 0 day_of_week(vector(1136239445))
  {} 1

eval instant at 0 days_in_month(vector(1454284800))
  {} 29

eval instant at 0 day_of_year(vector(1483228799))
  {} 366

eval instant at 1d year()
  {} 1970
`,
  'info series lend their labels': `
load 1m
  m{instance="i", job="j"} 1
  target_info{instance="i", job="j", version="7"} 1

eval instant at 0 info(m)
  m{instance="i", job="j", version="7"} 1
`,
  'anchored and smoothed ranges end exactly at their bounds': `
load 1m
  c_total 0+60x5

eval instant at 2m30s increase(c_total[1m] anchored)
  {} 60

eval instant at 2m30s increase(c_total[1m] smoothed)
  {} 60

eval instant at 2m30s c_total smoothed
  c_total 150
`,
  'missing sides of an operation may be filled': `
load 1m
  a{k="1"} 1
  b{k="2"} 2

eval instant at 0 a + fill(0) b
  {k="1"} 1
  {k="2"} 2
`,
  'infinities are the largest and the smallest of all numbers, NaN among them': `
eval instant at 0 clamp(vector(NaN), Inf, Inf)
  {} Inf

eval instant at 0 clamp_max(vector(NaN), -Inf)
  {} -Inf

eval instant at 0 clamp_min(vector(NaN), Inf)
  {} Inf

eval instant at 0 clamp_max(vector(NaN), 1)
  {} NaN

eval instant at 0 min_of(NaN, -Inf)
  -Inf

eval instant at 0 max_of(NaN, Inf)
  Inf
`,
  'a fill value takes the place of a partner that cannot be computed with': `
load 1m
  h{a="1"} {{schema:0 count:1 sum:1 buckets:[1]}}
  f{a="1"} 3

eval instant at 0 h + on (a) fill_left(1) f
  expect info
  {a="1"} 4

eval instant at 0 h + on (a) fill_right(1) f
  expect info
`,
  'texts of quantile_over_time point to the quantile': `
load 1m
  mixed 1 {{schema:0 count:1 sum:1 buckets:[1]}}

eval instant at 1m quantile_over_time(2, mixed[5m])
  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)
  expect info msg: PromQL info: ignored histograms in a range containing both floats and histograms for metric name "mixed" (1:20)
  {} Inf
`,
  'wrong factors of a smoothing are an error whatever there is to smooth': `
load 1m
  one 1

eval instant at 1m double_exponential_smoothing(one[5m], 2, 0.5)
  expect fail

eval instant at 1m double_exponential_smoothing(one[5m], 0.5, 0.5)
`,
};

describe('the engine', () => {
  it.each(Object.entries(SCRIPTS))('%s', (_, script) => {
    expect(failuresOf(script)).toEqual([]);
  });

  it('drops names at the end of a query only if told so', () => {
    const script = `
load 1m
  a{k="1"} 1
  b{k="1"} 2

eval instant at 0 abs({__name__=~"a|b"})
  expect fail msg: vector cannot contain metrics with the same labelset
`;
    expect(failuresOf(script)).toEqual([]);
    expect(failuresOf(script, { ...SCRIPT_ENGINE_OPTIONS, delayedNameRemoval: false })).toEqual([]);
    const named = `
load 1m
  a{k="1"} 1
  b{k="1"} 2

eval instant at 0 label_replace(abs({__name__=~"a|b"}), "__name__", "abs_$1", "__name__", "(.*)")
  abs_a{k="1"} 1
  abs_b{k="1"} 2
`;
    expect(failuresOf(named)).toEqual([]);
    const early = failuresOf(named, { ...SCRIPT_ENGINE_OPTIONS, delayedNameRemoval: false });
    expect(early).toHaveLength(1);
  });
});
