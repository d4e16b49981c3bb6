import type { DoctorStep, ScrapeDoctorData } from '#contract';

export type StepName = DoctorStep['step'];
export type Details = DoctorStep['details'];

const ORDER: readonly StepName[] = [
  'discovered',
  'chosen',
  'relabelled',
  'reachable',
  'answered',
  'parsed',
  'kept',
];

/** Details of one step, and characters of each. */
const DETAILS_MAX = 32;
const TEXT_LENGTH_MAX = 4000;

/** What was found out so far, step by step; after the first that failed nothing more is taken. */
export class Examination {
  readonly #steps: DoctorStep[] = [];
  #advice = '';
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  ok(step: StepName, finding: string, details: Details = []): void {
    this.#add(step, 'ok', finding, details);
  }

  /** Something is odd, but does not hinder. The first advice counts, unless a later step fails. */
  warn(step: StepName, finding: string, advice: string, details: Details = []): void {
    if (this.#isOver) return;
    this.#add(step, 'warning', finding, details);
    if (this.#advice === '') this.#advice = advice;
  }

  fail(step: StepName, finding: string, advice: string, details: Details = []): void {
    if (this.#isOver) return;
    this.#add(step, 'failed', finding, details);
    this.#advice = advice;
    this.#isOver = true;
  }

  /** There is nothing more to be found out now. */
  end(): void {
    this.#isOver = true;
  }

  report(name: string, allIsWell: string): ScrapeDoctorData {
    const done = new Map(this.#steps.map((step) => [step.step, step]));
    const steps = ORDER.map(
      (step) => done.get(step) ?? { step, status: 'skipped' as const, finding: '', details: [] },
    );
    return { name, steps, advice: this.#advice === '' ? allIsWell : this.#advice };
  }

  #add(step: StepName, status: DoctorStep['status'], finding: string, details: Details): void {
    if (this.#isOver) return;
    const shown = details
      .slice(0, DETAILS_MAX)
      .map(({ title, text }) => ({ title, text: text.slice(0, TEXT_LENGTH_MAX) }));
    this.#steps.push({ step, status, finding, details: shown });
  }
}

/** `1 sample`, `2 samples`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
