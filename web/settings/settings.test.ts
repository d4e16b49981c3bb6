import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, parseSettings } from './settings.ts';

describe('stored settings', () => {
  it.each([[null], [''], ['{'], ['null'], ['[]'], ['"x"']])('%j gives the defaults', (text) => {
    expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS);
  });

  it('takes what is a setting and leaves the rest', () => {
    expect(parseSettings('{"localTime":false,"linter":"no","other":1}')).toEqual({
      ...DEFAULT_SETTINGS,
      localTime: false,
    });
  });
});
