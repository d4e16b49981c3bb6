import { compareStrings } from '#model';
import { quote } from './quote.ts';

/**
 * What is wrong with a label selector, in the words of Kubernetes (apimachinery: labels.Parse), or undefined. What is
 * right goes to the API server as it is written.
 */
export function labelSelectorProblem(selector: string): string | undefined {
  const tokens = tokensOf(selector);
  try {
    new SelectorParser(tokens).parse();
    return undefined;
  } catch (error) {
    if (error instanceof SelectorError) return error.message;
    throw error;
  }
}

class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

type TokenKind = 'end' | 'error' | 'word' | (typeof SYMBOLS)[number] | 'in' | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SYMBOLS = [')', ',', '!', '==', '=', '>', '<', '!=', '('] as const;

const PART = /[ \t\r\n]+|[=!(),><]+|[^ \t\r\n=!(),><]+/g;

const SYMBOL_START = /^[=!(),><]/;

function tokensOf(selector: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [part] of selector.matchAll(PART)) {
    if (/^\s/.test(part)) continue;
    if (SYMBOL_START.test(part)) tokens.push(...symbolsOf(part));
    else {
      const kind = part === 'in' || part === 'notin' ? part : 'word';
      tokens.push({ kind, text: part });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** A run of symbols, the longest that there is each time. */
function symbolsOf(run: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = run;
  while (rest !== '') {
    const two = SYMBOLS.find((symbol) => symbol.length === 2 && rest.startsWith(symbol));
    const symbol = two ?? SYMBOLS.find((one) => one === rest[0]);
    if (symbol === undefined) {
      tokens.push({ kind: 'error', text: `error expected: keyword found '${rest}'` });
      break;
    }
    tokens.push({ kind: symbol, text: symbol });
    rest = rest.slice(symbol.length);
  }
  return tokens;
}

class SelectorParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): void {
    for (;;) {
      const { kind, text } = this.#peekValue();
      if (kind === 'end') return;
      if (kind !== 'word' && kind !== '!') {
        throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      }
      this.#requirement();
      const next = this.#takeValue();
      if (next.kind === 'end') return;
      if (next.kind !== ',') {
        throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      }
      const after = this.#peekValue();
      if (after.kind !== 'word' && after.kind !== '!') {
        throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): void {
    try {
      this.#readRequirement();
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      throw new SelectorError(`unable to parse requirement: ${error.message}`);
    }
  }

  #readRequirement(): void {
    let token = this.#takeValue();
    const isAbsence = token.kind === '!';
    if (isAbsence) token = this.#takeValue();
    if (token.kind !== 'word') {
      throw new SelectorError(`found '${token.text}', expected: identifier`);
    }
    const key = token.text;
    const problem = qualifiedNameProblem(key);
    if (problem !== '') throw new SelectorError(`<nil>: Invalid value: ${quote(key)}: ${problem}`);
    const next = this.#peekValue().kind;
    if (isAbsence || next === 'end' || next === ',') return;
    const operator = this.#tokens[this.#at++] as Token;
    if (operator.kind === 'in' || operator.kind === 'notin') checkValues(key, this.#values());
    else if (['=', '==', '!=', '>', '<'].includes(operator.kind)) {
      const isNumber = operator.kind === '>' || operator.kind === '<';
      checkValues(key, [this.#exactValue()], isNumber);
    } else {
      const expected = 'in, notin, =, ==, !=, gt, lt';
      throw new SelectorError(`found '${operator.text}', expected: ${expected}`);
    }
  }

  #values(): readonly string[] {
    const open = this.#takeValue();
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peekValue();
    if (first.kind === ')') {
      this.#at++;
      return [''];
    }
    if (first.kind !== 'word' && first.kind !== ',') {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#list();
    this.#at++;
    return [...new Set(values)].toSorted(compareStrings);
  }

  /** Up to the closing parenthesis; values may be empty. */
  #list(): readonly string[] {
    const values: string[] = [];
    for (;;) {
      const { kind, text } = this.#takeValue();
      const next = this.#peekValue();
      if (kind === 'word') {
        values.push(text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') {
          throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
        }
      } else if (kind === ',') {
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#at++;
          values.push('');
        }
      } else throw new SelectorError(`found '${text}', expected: ',', or identifier`);
    }
  }

  #exactValue(): string {
    const next = this.#peekValue();
    if (next.kind === 'end' || next.kind === ',') return '';
    this.#at++;
    if (next.kind === 'word') return next.text;
    throw new SelectorError(`found '${next.text}', expected: identifier`);
  }

  /** Where a value may stand, `in` and `notin` are words as any other. */
  #peekValue(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
    return token.kind === 'in' || token.kind === 'notin' ? { ...token, kind: 'word' } : token;
  }

  #takeValue(): Token {
    const token = this.#peekValue();
    this.#at++;
    return token;
  }
}

function checkValues(key: string, values: readonly string[], isNumber = false): void {
  const problems: string[] = [];
  for (const [index, value] of values.entries()) {
    const invalid = `Invalid value: ${quote(value)}`;
    if (isNumber && !/^[+-]?\d+$/.test(value)) {
      const reason = "for 'Gt', 'Lt' operators, the value must be an integer";
      problems.push(`values[${index}]: ${invalid}: ${reason}`);
    }
    const problem = labelValueProblem(value);
    if (problem !== '') problems.push(`values[${index}][${key}]: ${invalid}: ${problem}`);
  }
  if (problems.length === 0) return;
  throw new SelectorError(problems.length === 1 ? problems.join('') : `[${problems.join(', ')}]`);
}

const NAME_PATTERN = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const CHARACTERS =
  "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const DOMAIN_PART = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DOMAIN_PATTERN = String.raw`${DOMAIN_PART}(\.${DOMAIN_PART})*`;
const DOMAIN_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

const NAME_LENGTH_MAX = 63;
const DOMAIN_LENGTH_MAX = 253;

function patternHint(pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `(e.g. ${shown}regex used for validation is '${pattern}')`;
}

const NAME_HINT = `must ${CHARACTERS} ${patternHint(NAME_PATTERN, 'MyName', 'my.name', '123-abc')}`;

/** Of a label's key: `app`, `app.kubernetes.io/name`; '' where it is right. */
function qualifiedNameProblem(text: string): string {
  const parts = text.split('/');
  if (parts.length > 2) {
    return `a qualified name ${NAME_HINT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  const name = parts.at(-1) ?? '';
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? '') : [];
  if (name === '') problems.push('name part must be non-empty');
  if (name.length > NAME_LENGTH_MAX) problems.push(`name part ${tooLong(NAME_LENGTH_MAX)}`);
  if (!NAME.test(name)) problems.push(`name part ${NAME_HINT}`);
  return problems.join('; ');
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const problems: string[] = [];
  if (prefix.length > DOMAIN_LENGTH_MAX) problems.push(`prefix part ${tooLong(DOMAIN_LENGTH_MAX)}`);
  if (!prefix.split('.').every((label) => DOMAIN_LABEL.test(label))) {
    const what =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    problems.push(`prefix part ${what} ${patternHint(DOMAIN_PATTERN, 'example.com')}`);
  }
  return problems;
}

function labelValueProblem(value: string): string {
  const problems: string[] = [];
  if (value.length > NAME_LENGTH_MAX) problems.push(tooLong(NAME_LENGTH_MAX));
  if (value !== '' && !NAME.test(value)) {
    const hint = patternHint(`(${NAME_PATTERN})?`, 'MyValue', 'my_value', '12345');
    problems.push(`a valid label must be an empty string or ${CHARACTERS} ${hint}`);
  }
  return problems.join('; ');
}

function tooLong(lengthMax: number): string {
  return `must be no more than ${lengthMax} bytes`;
}

const FIELD_TERM = /(?:[^\\,]|\\[^])+\\?|\\$/g;

/** The same for a field selector: `status.phase=Running,metadata.name!=a` (apimachinery: fields.ParseSelector). */
export function fieldSelectorProblem(selector: string): string | undefined {
  for (const [term] of selector.matchAll(FIELD_TERM)) {
    const match = /!=|==?/.exec(term);
    if (match === null) return `invalid selector: '${selector}'; can't understand '${term}'`;
    const problem = fieldValueProblem(term.slice(match.index + match[0].length));
    if (problem !== undefined) return `invalid field selector: ${problem}`;
  }
  return undefined;
}

function fieldValueProblem(value: string): string | undefined {
  const [bad] = /\\(?:[^\\,=]|$)|=/u.exec(value.replaceAll(/\\[\\,=]/g, '')) ?? [];
  if (bad === undefined) return undefined;
  // Go prints the rune as a number.
  return bad === '='
    ? `unescaped character in value: ${bad.charCodeAt(0)}`
    : `invalid escape sequence: ${bad}`;
}
