import { describe, expect, it } from 'vitest';
import {
  applyRelabel,
  applyRelabelSteps,
  checkRelabelRule,
  createRelabelRule,
  isLegacyTargetTemplate,
  labelsFromObject,
  labelsToObject,
  type RelabelRuleFields,
} from './index.ts';
import { md5Tail } from './md5.ts';
import { expandTemplate, parseTemplate } from './relabel-template.ts';
import { compileAnchored } from './regexp.ts';

function relabel(
  fields: readonly RelabelRuleFields[],
  labels: Record<string, string>,
): Record<string, string> | undefined {
  const result = applyRelabel(
    fields.map((one) => createRelabelRule(one)),
    labelsFromObject(labels),
  );
  return result === undefined ? undefined : { ...labelsToObject(result) };
}

/** 16 hexadecimal digits. */
function tailOf(text: string): string {
  const { high, low } = md5Tail(text);
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16).padStart(16, '0');
}

describe('applyRelabel', () => {
  const copy = { sourceLabels: ['a'], targetLabel: 'c' };
  const cases: [string, RelabelRuleFields, Record<string, string> | undefined][] = [
    ['replace copies a label', copy, { a: 'x', b: 'Y', c: 'x' }],
    [
      'an empty source removes the target',
      { sourceLabels: ['none'], targetLabel: 'a' },
      { b: 'Y' },
    ],
    [
      'a literal replacement sets',
      { targetLabel: 'c', replacement: 'k' },
      { a: 'x', b: 'Y', c: 'k' },
    ],
    ['no match changes nothing', { ...copy, regex: 'y', replacement: 'k' }, { a: 'x', b: 'Y' }],
    [
      'groups fill target and value',
      {
        sourceLabels: ['a', 'b'],
        regex: '(.);(?P<up>.)',
        targetLabel: 'to_${1}',
        replacement: '$up!',
      },
      { a: 'x', b: 'Y', to_x: 'Y!' },
    ],
    [
      'keep keeps a match',
      { sourceLabels: ['a'], regex: 'x|z', action: 'keep' },
      { a: 'x', b: 'Y' },
    ],
    ['keep drops the rest', { sourceLabels: ['a'], regex: 'z', action: 'keep' }, undefined],
    ['drop drops a match', { sourceLabels: ['a'], regex: 'x', action: 'drop' }, undefined],
    [
      'keepequal compares',
      { sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' },
      undefined,
    ],
    [
      'dropequal compares',
      { sourceLabels: ['a'], targetLabel: 'b', action: 'dropequal' },
      { a: 'x', b: 'Y' },
    ],
    [
      'lowercase',
      { sourceLabels: ['b'], targetLabel: 'b', action: 'lowercase' },
      { a: 'x', b: 'y' },
    ],
    [
      'uppercase',
      { sourceLabels: ['a'], targetLabel: 'a', action: 'uppercase' },
      { a: 'X', b: 'Y' },
    ],
    [
      'labelmap copies by name',
      { regex: '(a)', replacement: 'm_$1', action: 'labelmap' },
      { a: 'x', b: 'Y', m_a: 'x' },
    ],
    ['labeldrop', { regex: 'a', action: 'labeldrop' }, { b: 'Y' }],
    ['labelkeep', { regex: 'a', action: 'labelkeep' }, { a: 'x' }],
  ];
  it.each(cases)('%s', (_name, rule, expected) => {
    expect(relabel([rule], { a: 'x', b: 'Y' })).toEqual(expected);
  });

  it('hashes alike below and above the modulus that doubles hold exactly', () => {
    const rule = { sourceLabels: ['a'], targetLabel: 'h', action: 'hashmod' } as const;
    const tail = BigInt(`0x${tailOf('foo')}`);
    for (const modulus of [1, 8, 1000, 2 ** 21, 2 ** 21 + 1, 2 ** 40 + 7]) {
      expect(relabel([{ ...rule, modulus }], { a: 'foo' })).toEqual({
        a: 'foo',
        h: String(tail % BigInt(modulus)),
      });
    }
  });

  it('maps each letter to one letter, as Go does', () => {
    const upper = { sourceLabels: ['a'], targetLabel: 'a', action: 'uppercase' } as const;
    const lower = { ...upper, action: 'lowercase' } as const;
    expect(relabel([upper], { a: 'straße é' })).toEqual({ a: 'STRAßE É' });
    expect(relabel([lower], { a: 'ΣΑΣ İ' })).toEqual({ a: 'σασ i' });
  });

  it('hands back the same set where nothing changed, and never modifies it', () => {
    const labels = labelsFromObject({ a: 'x' });
    const same = [createRelabelRule({ sourceLabels: ['a'], targetLabel: 'a' })];
    expect(applyRelabel(same, labels)).toBe(labels);
    const other = [createRelabelRule({ targetLabel: 'a', replacement: 'y' })];
    expect(applyRelabel(other, labels)).toEqual(['a', 'y']);
    expect(labels).toEqual(['a', 'x']);
  });

  it('shows the result of each step up to the one that drops', () => {
    const rules = [
      createRelabelRule({ sourceLabels: ['a'], targetLabel: 'b' }),
      createRelabelRule({ sourceLabels: ['a'], targetLabel: 'b' }),
      createRelabelRule({ sourceLabels: ['b'], regex: 'x', action: 'drop' }),
      createRelabelRule({ targetLabel: 'never', replacement: 'y' }),
    ];
    const steps = applyRelabelSteps(rules, ['a', 'x']);
    expect(steps.map((step) => [step.labels, step.changed])).toEqual([
      [['a', 'x', 'b', 'x'], true],
      [['a', 'x', 'b', 'x'], false],
      [undefined, true],
    ]);
  });

  it('makes no label name that legacy validation forbids', () => {
    const rule = { sourceLabels: ['a'], targetLabel: '$1', replacement: 'v' } as const;
    expect(relabel([rule], { a: 'x.y' })).toEqual({ a: 'x.y', 'x.y': 'v' });
    expect(relabel([{ ...rule, nameValidation: 'legacy' }], { a: 'x.y' })).toEqual({ a: 'x.y' });
  });
});

describe('templates', () => {
  const regex = compileAnchored('(?P<first>[a-z]+)-(\\d+)(x)?');
  const cases: [string, string][] = [
    ['$1/$2', 'ab/12'],
    ['${1}x', 'abx'],
    ['$1x', ''],
    ['$first', 'ab'],
    ['${first}_', 'ab_'],
    ['$$1', '$1'],
    ['$', '$'],
    ['${', '${'],
    ['${}', '${}'],
    ['${1', '${1'],
    ['a$-b', 'a$-b'],
    ['$01', ''],
    ['$3$9', ''],
    ['$0', 'ab-12'],
    ['$constructor', ''],
  ];
  it.each(cases)('%s becomes %s', (template, expected) => {
    const match = regex.compiled.matcher('ab-12');
    expect(match.find()).toBe(true);
    expect(expandTemplate(parseTemplate(template), match, regex.compiled)).toBe(expected);
  });
});

describe('the last 8 bytes of md5', () => {
  // RFC 1321, and lengths around the block's edge (compared with another implementation).
  const cases: [string, string][] = [
    ['', 'e9800998ecf8427e'],
    ['abc', 'd6963f7d28e17f72'],
    ['a'.repeat(55), '358552954ad0df65'],
    ['a'.repeat(56), '4c6c197006d17218'],
    ['a'.repeat(64), '5a4a0363793f7367'],
    ['é測😀', '425553c8c5833776'],
  ];
  it.each(cases)('of %j', (text, expected) => {
    expect(tailOf(text)).toBe(expected);
  });
});

describe('checkRelabelRule', () => {
  const cases: [RelabelRuleFields, string | undefined][] = [
    [{ action: '' }, 'relabel action cannot be empty'],
    [
      { action: 'hashmod', targetLabel: 'a' },
      'relabel configuration for hashmod requires non-zero modulus',
    ],
    [{}, "relabel configuration for replace action requires 'target_label' value"],
    [{ targetLabel: 'a.b' }, `"a.b" is invalid 'target_label' for replace action`],
    [{ targetLabel: 'a$1' }, undefined],
    [
      { action: 'uppercase', targetLabel: 'a', replacement: 'x' },
      "'replacement' can not be set for uppercase action",
    ],
    [
      { action: 'labelmap', replacement: '-$1' },
      `"-$1" is invalid 'replacement' for labelmap action`,
    ],
    [
      { action: 'keepequal', targetLabel: 'a', regex: 'a' },
      "keepequal action requires only 'source_labels' and `target_label`, and no other fields",
    ],
    [
      { action: 'labeldrop', regex: 'a', targetLabel: 'b' },
      "labeldrop action requires only 'regex', and no other fields",
    ],
    [{ action: 'labelkeep', regex: 'a' }, undefined],
  ];
  it.each(cases)('%j', (fields, expected) => {
    expect(checkRelabelRule(createRelabelRule(fields), 'legacy')).toBe(expected);
  });

  it('reads a long target in linear time', () => {
    expect(isLegacyTargetTemplate(`${'$a'.repeat(50_000)}-`)).toBe(false);
  });
});
