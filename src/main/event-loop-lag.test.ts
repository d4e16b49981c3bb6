import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { EventLoopLag } from './event-loop-lag.ts';

function valuesOf(lag: EventLoopLag): Record<string, number> {
  return Object.fromEntries(
    lag
      .families()
      .map(({ name, metrics }) => [
        name.replace(/^nodejs_eventloop_lag_(\w+)_seconds$/, '$1'),
        Number((metrics[0]?.value ?? NaN).toPrecision(2)),
      ]),
  );
}

it('tells how late the thread comes to its work since it was last asked', async () => {
  const clock = new FakeClock();
  const lag = new EventLoopLag(clock);
  expect(valuesOf(lag)).toEqual({ mean: 0, max: 0, p50: 0, p90: 0, p99: 0 });
  lag.start();
  await clock.advance(900);
  clock.set(clock.nowMs() + 350);
  await clock.advance(0);
  expect(valuesOf(lag)).toEqual({ mean: 0.025, max: 0.25, p50: 1e-9, p90: 1e-9, p99: 0.25 });
  await clock.advance(500);
  expect(valuesOf(lag)['max']).toBe(1e-9);
  lag.stop();
  expect(clock.pendingCount).toBe(0);
});
