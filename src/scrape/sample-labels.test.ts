import { createRelabelRule, labelsFromObject, labelsToObject } from '#model';
import { describe, expect, it } from 'vitest';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { checkLabelLimits, checkSampleLabels, sampleLabels } from './sample-labels.ts';

const target = labelsFromObject({ instance: 'i', job: 'j' });

function stored(exposed: Record<string, string>, honorLabels = false): unknown {
  const labels = sampleLabels(labelsFromObject(exposed), target, scrapeConfig({ honorLabels }));
  return labels && { ...labelsToObject(labels) };
}

describe('the labels of a sample', () => {
  it.each([
    [{ __name__: 'a' }, { __name__: 'a', instance: 'i', job: 'j' }],
    [
      { __name__: 'a', job: 'own' },
      { __name__: 'a', instance: 'i', job: 'j', exported_job: 'own' },
    ],
    [
      { __name__: 'a', job: 'own', exported_job: 'x' },
      { __name__: 'a', instance: 'i', job: 'j', exported_job: 'x', exported_exported_job: 'own' },
    ],
  ])('renames those that the server sets: %o', (exposed, expected) => {
    expect(stored(exposed)).toEqual(expected);
  });

  it('are left as they are with honor_labels', () => {
    expect(stored({ __name__: 'a', job: 'own' }, true)).toEqual({
      __name__: 'a',
      instance: 'i',
      job: 'own',
    });
  });

  it('are none where metric relabelling drops the sample', () => {
    const rule = createRelabelRule({ action: 'drop', sourceLabels: ['__name__'], regex: 'go_.*' });
    const config = scrapeConfig({ metricRelabelRules: [rule] });
    const exposed = labelsFromObject({ __name__: 'go_threads' });
    expect(sampleLabels(exposed, target, config)).toBeUndefined();
  });
});

describe('checks of labels', () => {
  const config = scrapeConfig();
  it('refuse a name given twice', () => {
    const exposed = ['__name__', 'a', 'b', '1', 'b', '2'];
    expect(checkSampleLabels(exposed, exposed, config)).toBe(
      'label name "b" is not unique: invalid sample',
    );
  });

  it('want a metric name', () => {
    expect(checkSampleLabels([], ['a', '1'], config)).toBe('missing metric name (__name__ label)');
  });

  it('refuse names of the new kind only where the configuration says so', () => {
    const labels = labelsFromObject({ __name__: 'my.metric' });
    expect(checkSampleLabels([], labels, config)).toBeUndefined();
    expect(checkSampleLabels([], labels, { metricNameValidationScheme: 'legacy' })).toBe(
      'invalid metric name or label names: {"my.metric"}',
    );
  });

  const labels = labelsFromObject({ __name__: 'metric', ünicode: 'x'.repeat(60) });
  it.each([
    [{}, undefined],
    [{ labelLimit: 1 }, 'label_limit exceeded (metric: metric, number of labels: 2, limit: 1)'],
    [
      { labelNameLengthLimit: 7 },
      'label_name_length_limit exceeded (metric: metric, label name: __name__, length: 8, limit: 7)',
    ],
    [{ labelNameLengthLimit: 8, labelValueLengthLimit: 60 }, undefined],
    [
      { labelValueLengthLimit: 59 },
      `label_value_length_limit exceeded (metric: metric, label name: ünicode, value: "${'x'.repeat(50)}", length: 60, limit: 59)`,
    ],
  ])('apply the limits %o', (limits, message) => {
    expect(checkLabelLimits(labels, scrapeConfig(limits))).toBe(message);
  });
});
