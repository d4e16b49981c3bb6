import { expect, it } from 'vitest';
import { acceptHeader } from './accept.ts';

it('the Accept header names protocols by falling preference', () => {
  expect(acceptHeader(['PrometheusText1.0.0', 'PrometheusText0.0.4'], 'underscores')).toBe(
    'text/plain;version=1.0.0;escaping=underscores;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4',
  );
});
