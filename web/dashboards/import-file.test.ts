import { describe, expect, it } from 'vitest';
import { IMPORT_BYTES_MAX, parseImport } from './import-file.ts';

describe('a file to import', () => {
  it.each([
    ['{"a":\n 1,}', /^This is not JSON: line 2, column 4: /],
    ['[1]', /not a dashboard/],
    ['null', /not a dashboard/],
    ['{"title":"x"}', /neither panels nor rows/],
    [' '.repeat(IMPORT_BYTES_MAX + 1), /larger than/],
  ])('%.12j is refused', (text, why) => {
    expect(parseImport(text)).toMatch(why);
  });

  it.each([
    ['{"title":"Node","uid":"a","panels":[]}', 'Node', 'a'],
    ['{"meta":{},"dashboard":{"title":"Old","rows":[]}}', 'Old', ''],
    [
      '{"apiVersion":"dashboard.grafana.app/v2","metadata":{"name":"n"},"spec":{"title":"Two","elements":{},"layout":{}}}',
      'Two',
      'n',
    ],
  ])('%s is one', (text, title, uid) => {
    expect(parseImport(text)).toMatchObject({ title, uid });
  });

  it('is kept with what is around it where that is a resource', () => {
    const text =
      '{"apiVersion":"dashboard.grafana.app/v1beta1","spec":{"title":"One","panels":[]}}';
    expect(parseImport(text)).toMatchObject({ json: JSON.parse(text) as object, text });
  });
});
