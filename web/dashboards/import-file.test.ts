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
  ])('%s is one', (text, title, uid) => {
    expect(parseImport(text)).toMatchObject({ title, uid });
  });
});
