import { createRelabelRule, labelsFromObject, labelsToObject } from '#model';
import { describe, expect, it } from 'vitest';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { targetFromLabels, targetOffsetMs, targetsFromGroup } from './target.ts';
import type { Target } from './target.ts';

function group(labels: Record<string, string>, ...targets: Record<string, string>[]) {
  return {
    source: 'file:0',
    targets: targets.map((target) => labelsFromObject(target)),
    labels: labelsFromObject(labels),
  };
}

function onlyTarget(result: ReturnType<typeof targetsFromGroup>): Target {
  const [target] = result.targets;
  if (target === undefined) throw new Error(`no target: ${result.failures.join()}`);
  return target;
}

describe('targets from groups', () => {
  it('gives a target its settings, its group labels, and an instance', () => {
    const config = scrapeConfig({ jobName: 'node', params: { module: ['a', 'b'] } });
    const target = onlyTarget(
      targetsFromGroup(group({ env: 'prod' }, { __address__: 'host:9100' }), config),
    );
    expect(labelsToObject(target.publicLabels)).toEqual({
      env: 'prod',
      instance: 'host:9100',
      job: 'node',
    });
    expect(target.url).toBe('http://host:9100/metrics?module=a&module=b');
    expect([target.intervalMs, target.timeoutMs]).toEqual([1000, 1000]);
  });

  it('lets labels override scheme, path, parameters, interval and timeout', () => {
    const own = {
      __address__: '[::1]:80',
      __scheme__: 'https',
      __metrics_path__: '/a b',
      __param_x: '1 2',
      __scrape_interval__: '1m',
      __scrape_timeout__: '10s',
    };
    const target = onlyTarget(targetsFromGroup(group({}, own), scrapeConfig()));
    expect(target.url).toBe('https://[::1]:80/a%20b?x=1+2');
    expect([target.intervalMs, target.timeoutMs]).toEqual([60_000, 10_000]);
  });

  it("prefers a target's label to its group's", () => {
    const own = { __address__: 'a:1', env: 'own' };
    const target = onlyTarget(targetsFromGroup(group({ env: 'group' }, own), scrapeConfig()));
    expect(labelsToObject(target.publicLabels)['env']).toBe('own');
  });

  it('keeps the discovered labels of what relabelling drops', () => {
    const drop = createRelabelRule({ action: 'drop', sourceLabels: ['env'], regex: 'dev' });
    const config = scrapeConfig({ relabelRules: [drop] });
    const result = targetsFromGroup(group({ env: 'dev' }, { __address__: 'a:1' }), config);
    expect(result.targets).toEqual([]);
    expect(result.dropped.map((labels) => labelsToObject(labels)['env'])).toEqual(['dev']);
  });

  it.each([
    [{}, 'no address'],
    [{ __address__: 'http://a:1' }, '"http://a:1" is not a valid hostname'],
    [{ __address__: 'a:1', __scrape_interval__: '0s' }, 'scrape interval cannot be 0'],
    [
      { __address__: 'a:1', __scrape_timeout__: '2s' },
      'scrape timeout cannot be greater than scrape interval ("2s" > "1s")',
    ],
    [{ __address__: 'a:1', x: '\udcbd' }, 'invalid label value for "x": "\\xbd"'],
  ])('says why labels make no target: %o', (labels, message) => {
    const result = targetsFromGroup(group({}, labels), scrapeConfig());
    expect(result.failures).toEqual([`instance 0 in group file:0: ${message}`]);
  });

  it('drops a target that relabelling leaves without labels', () => {
    const rules = [createRelabelRule({ action: 'labeldrop', regex: '.*' })];
    const labels = labelsFromObject({ __address__: 'a:1' });
    expect(targetFromLabels(labels, scrapeConfig({ relabelRules: rules }))).toBeUndefined();
  });
});

describe('the offset of a target', () => {
  const targets = Array.from({ length: 1000 }, (_, i) =>
    onlyTarget(targetsFromGroup(group({}, { __address__: `host-${i}:80` }), scrapeConfig())),
  );

  it('spreads targets over the interval', () => {
    const perTenth = Array.from({ length: 10 }, () => 0);
    for (const target of targets) {
      const tenth = Math.floor(targetOffsetMs(target, 'server') / 100);
      perTenth[tenth] = (perTenth[tenth] ?? 0) + 1;
    }
    for (const count of perTenth) expect(count).toBeGreaterThan(60);
  });

  it('is the same each time, and another for another server', () => {
    const [target] = targets;
    if (target === undefined) throw new Error('no target');
    expect(targetOffsetMs(target, 'a')).toBe(targetOffsetMs(target, 'a'));
    expect(targetOffsetMs(target, 'a')).not.toBe(targetOffsetMs(target, 'b'));
  });
});
