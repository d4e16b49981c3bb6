import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangeLog } from './change-log.ts';

describe('ChangeLog', () => {
  it('knows nothing to have changed at first', () => {
    const log = new ChangeLog();
    expect(log.unchangedSince(log.mark())).toEqual({ startMs: -Infinity, endMs: Infinity });
  });

  it('tells the oldest sample that came since', () => {
    const log = new ChangeLog();
    log.noteCommit(10_000);
    const first = log.mark();
    log.noteCommit(25_000);
    const second = log.mark();
    log.noteCommit(40_000);
    expect(log.unchangedSince(first)?.endMs).toBe(25_000);
    expect(log.unchangedSince(second)?.endMs).toBe(40_000);
    log.noteCommit(3000);
    expect(log.unchangedSince(first)?.endMs).toBe(3000);
    expect(log.unchangedSince(second)?.endMs).toBe(3000);
    expect(log.unchangedSince(log.mark())?.endMs).toBe(Infinity);
  });

  it('forgets all where something was deleted', () => {
    const log = new ChangeLog();
    const mark = log.mark();
    log.noteDeletion();
    expect(log.unchangedSince(mark)).toBeUndefined();
    expect(log.unchangedSince(log.mark())).toBeDefined();
  });

  it('knows what was given up since', () => {
    const log = new ChangeLog();
    log.noteDropped(1000);
    const mark = log.mark();
    expect(log.unchangedSince(mark)?.startMs).toBe(-Infinity);
    log.noteDropped(2000);
    expect(log.unchangedSince(mark)?.startMs).toBe(2000);
    const between = log.mark();
    log.noteDropped(2000);
    expect(log.unchangedSince(between)?.startMs).toBe(2000);
  });

  it('stays small, and never says of a sample that changed that it has not', () => {
    const times = fc.array(fc.integer({ min: 0, max: 30_000_000 }), { maxLength: 60 });
    const property = fc.property(times, fc.integer({ min: 1, max: 300 }), (jumps, each) => {
      const log = new ChangeLog();
      const marks = [log.mark()];
      const oldest = [Infinity];
      let nowMs = 0;
      for (const jump of jumps) {
        for (let i = 0; i < each; i++) {
          nowMs += 1500;
          const timeMs = i === 0 ? jump : nowMs;
          log.noteCommit(timeMs);
          for (let m = 0; m < oldest.length; m++) oldest[m] = Math.min(oldest[m], timeMs);
        }
        marks.push(log.mark());
        oldest.push(Infinity);
      }
      expect(log.length).toBeLessThanOrEqual(3600);
      for (const [i, mark] of marks.entries()) {
        const endMs = log.unchangedSince(mark)?.endMs ?? -Infinity;
        expect(endMs).toBeLessThanOrEqual(oldest[i]);
        if (each * jumps.length < 3600) expect(endMs).toBeGreaterThanOrEqual(oldest[i] - 1000);
      }
    });
    fc.assert(property, { numRuns: 100 });
  });
});
