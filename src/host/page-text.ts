import { escapeValue } from '#exposition';

export type FamilyType = 'counter' | 'gauge' | 'untyped';

export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** A page in the text format, as it grows. Samples of a family follow one another. */
export class PageText {
  text = '';
  /** Of the families that have samples. */
  readonly names: Set<string> = new Set();
  #name = '';
  /** Written before the first sample: a family without any is not on the page. */
  #header = '';

  family(name: string, type: FamilyType, help: string): void {
    this.#name = name;
    this.#header = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  }

  /** Of the family begun last. `labels` as `labelSet` writes them, '' for none. */
  sample(labels: string, value: number): void {
    if (this.#header !== '') {
      this.text += this.#header;
      this.names.add(this.#name);
      this.#header = '';
    }
    this.text += `${this.#name}${labels} ${formatValue(value)}\n`;
  }

  gauge(name: string, help: string, value: number): void {
    this.family(name, 'gauge', help);
    this.sample('', value);
  }

  counter(name: string, help: string, value: number): void {
    this.family(name, 'counter', help);
    this.sample('', value);
  }

  /** Text that is a page by itself. */
  append(text: string): void {
    this.text += text;
  }

  /** As it is now, whatever is written later. */
  copy(): PageText {
    const copy = new PageText();
    copy.text = this.text;
    for (const name of this.names) copy.names.add(name);
    return copy;
  }
}

/** `{a="b",c="d"}`; the names must be right, values may be anything. */
export function labelSet(pairs: LabelPairs): string {
  let text = '';
  for (const [name, value] of pairs) {
    text += `${text === '' ? '{' : ','}${name}="${escapeValue(value)}"`;
  }
  return text === '' ? '' : `${text}}`;
}

/** A label, with the samples of a device or a CPU in several families. */
export function oneLabel(name: string, value: string): string {
  return `{${name}="${escapeValue(value)}"}`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
