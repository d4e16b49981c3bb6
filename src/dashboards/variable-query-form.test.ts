import { describe, expect, it } from 'vitest';
import {
  changeQueryKind,
  readVariableQuery,
  type VariableQueryForm,
  writeVariableQuery,
} from './variable-query-form.ts';

describe('the parts of a variable’s query', () => {
  it.each<[string, VariableQueryForm]>([
    ['label_values(job)', { kind: 'label_values', label: 'job', selector: '' }],
    [
      'label_values(up{a="x,y", b=~"$c"}, job)',
      { kind: 'label_values', label: 'job', selector: 'up{a="x,y", b=~"$c"}' },
    ],
    ['label_values(up{a="b"}, )', { kind: 'label_values', label: '', selector: 'up{a="b"}' }],
    ['label_names()', { kind: 'label_names', pattern: '' }],
    ['label_names(^node.*)', { kind: 'label_names', pattern: '^node.*' }],
    ['metrics((a|b)_total)', { kind: 'metrics', pattern: '(a|b)_total' }],
    [
      'query_result(topk(3, sum by (a) (b)))',
      { kind: 'query_result', expr: 'topk(3, sum by (a) (b))' },
    ],
    ['up{job="$job"}', { kind: 'series', selector: 'up{job="$job"}' }],
    ['', { kind: 'series', selector: '' }],
  ])('%s is read, and written as it was', (text, form) => {
    expect(readVariableQuery(text)).toEqual(form);
    expect(writeVariableQuery(form)).toBe(text);
  });

  it.each([
    [' label_values( up ,job ) ', 'label_values(up, job)'],
    ['label_values(up{a="b"})', 'label_values(up{a="b"}, )'],
    ['label_values(', 'label_values('],
  ])('%j becomes %j', (text, written) => {
    expect(writeVariableQuery(readVariableQuery(text))).toBe(written);
  });

  it('of another kind keeps the selector', () => {
    const form = readVariableQuery('label_values(up{a="b"}, job)');
    const as = (kind: VariableQueryForm['kind']): string =>
      writeVariableQuery(changeQueryKind(form, kind));
    expect(as('series')).toBe('up{a="b"}');
    expect(as('query_result')).toBe('query_result(up{a="b"})');
    expect(as('metrics')).toBe('metrics()');
    expect(as('label_values')).toBe('label_values(up{a="b"}, job)');
  });
});
