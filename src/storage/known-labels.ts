import { type Labels, labelsKey } from '#model';

/** Labels that are kept decoded, with what they are found by once somebody has asked for that. */
export class KnownLabels {
  readonly labels: Labels;
  #key: string | undefined = undefined;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** See `labelsKey`. */
  get key(): string {
    this.#key ??= labelsKey(this.labels);
    return this.#key;
  }
}
