import { describe, expect, it } from 'vitest';
import { fieldSelectorProblem, labelSelectorProblem } from './kubernetes-selector.ts';

const NAME_HINT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_HINT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

describe('a label selector', () => {
  it.each([
    '',
    ' ',
    'app',
    '!app',
    'app=web',
    'app == web , tier!=db',
    'app.kubernetes.io/name=web',
    'env in (a, b,c)',
    'env notin ()',
    'env in (,a)',
    'env in (a,,b)',
    'env in (in,notin)',
    'in in (in)',
    'count>5,count<9',
    'app=',
    'app=,!b',
  ])('%j is taken', (selector) => {
    expect(labelSelectorProblem(selector)).toBeUndefined();
  });

  const inRequirement: [string, string][] = [
    ['app web', "found 'web', expected: in, notin, =, ==, !=, gt, lt"],
    ['app IN (a)', "found 'IN', expected: in, notin, =, ==, !=, gt, lt"],
    ['app in a', "found 'a' expected: '('"],
    ['app in (a', "found '', expected: ',' or ')'"],
    ['app in (a b)', "found 'b', expected: ',' or ')'"],
    ['app in (=)', "found '=', expected: ',', ')' or identifier"],
    ['app in (a,=)', "found '=', expected: ',', or identifier"],
    ['app=(', "found '(', expected: identifier"],
    ['a:=b', `<nil>: Invalid value: "a:": name part ${NAME_HINT}`],
    ['/a', '<nil>: Invalid value: "/a": prefix part must be non-empty'],
    [
      'A/b',
      `<nil>: Invalid value: "A/b": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    ],
    ['app=@', `values[0][app]: Invalid value: "@": ${VALUE_HINT}`],
    ['app in (a,@)', `values[0][app]: Invalid value: "@": ${VALUE_HINT}`],
    [
      `app=${'a'.repeat(64)}`,
      `values[0][app]: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      'app>a',
      `values[0]: Invalid value: "a": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ];
  it.each(inRequirement)('%j is refused', (selector, problem) => {
    expect(labelSelectorProblem(selector)).toBe(`unable to parse requirement: ${problem}`);
  });

  it.each([
    ['!=a', "found '!=', expected: !, identifier, or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ])('%j is refused as a whole', (selector, problem) => {
    expect(labelSelectorProblem(selector)).toBe(problem);
  });
});

describe('a field selector', () => {
  it.each([
    ['', undefined],
    ['status.phase=Running', undefined],
    ['metadata.name!=a,spec.nodeName==b', undefined],
    [String.raw`a=b\,c\=d\\`, undefined],
    ['a=b,,c=d', undefined],
    [
      'metadata.status-Running',
      "invalid selector: 'metadata.status-Running'; can't understand 'metadata.status-Running'",
    ],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    [String.raw`a=b\c`, String.raw`invalid field selector: invalid escape sequence: \c`],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('%j gives %j', (selector, problem) => {
    expect(fieldSelectorProblem(selector)).toBe(problem);
  });
});
