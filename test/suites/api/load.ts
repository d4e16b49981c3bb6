import { parseSeriesDescription } from '#promql';
import { type Appendable, AppendStatus } from '#storage';

/** Runs the `load` blocks of the PromQL test language; samples begin at the epoch, or at `startMs`. */
export function load(appendable: Appendable, text: string, startMs = 0): void {
  let stepMs = 0;
  const appender = appendable.appender();
  for (const line of text.split('\n')) {
    const head = /^load (\d+)m$/.exec(line.trim());
    if (head !== null) stepMs = Number(head[1]) * 60_000;
    if (head !== null || line.trim() === '') continue;
    const parsed = parseSeriesDescription(line.trim());
    if (!parsed.ok) throw new Error(`cannot load ${line}: ${parsed.errors[0]?.message}`);
    const ref = appender.seriesRef(parsed.series.labels);
    for (const [i, value] of parsed.series.values.entries()) {
      if (value.kind === 'omitted') continue;
      const timestampMs = startMs + i * stepMs;
      const status =
        value.kind === 'float'
          ? appender.append(ref, timestampMs, value.value)
          : appender.appendHistogram(ref, timestampMs, value.histogram);
      if (status !== AppendStatus.ok) throw new Error(`cannot load ${line}: status ${status}`);
    }
  }
  appender.commit();
}
