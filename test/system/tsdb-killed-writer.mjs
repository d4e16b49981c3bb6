// Writes batches for ever and says so after each one that was committed. Made to be killed.
// Arguments: directory, first step.
import { writeSync } from 'node:fs';
import { Registry } from '#instrument';
import { silentLog, systemClock } from '#platform';
import { openDatabase } from '#tsdb';

const [dir, firstStep] = process.argv.slice(2);
const SERIES = 200;
const database = await openDatabase({
  dir,
  // In simulated time: 100 steps.
  retentionMs: 100_000,
  outOfOrderWindowMs: 0,
  log: silentLog,
  clock: systemClock,
  registry: new Registry(),
  walSegmentBytes: 65_536,
});

for (let step = Number(firstStep); ; step++) {
  const appender = database.appender();
  for (let i = 0; i < SERIES; i++) {
    // A tenth of the series are new in every tenth step.
    const generation = i < SERIES / 10 ? Math.floor(step / 10) : 0;
    const ref = appender.seriesRef([
      '__name__',
      'kept',
      'generation',
      String(generation),
      'i',
      String(i),
    ]);
    appender.append(ref, step * 1000, step + i / 1000);
  }
  appender.commit();
  writeSync(1, `${step}\n`);
  if (step % 10 === 0) {
    database.trim();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
