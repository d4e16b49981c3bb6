import { EMPTY_LABELS, type Labels } from '#model';

/** Where labels come from that may never be asked for. */
export interface LabelSource {
  labels(index: number): Labels;
}

/** Labels that are decoded when somebody asks for them. */
export class LaterLabels {
  #labels: Labels | undefined;
  #source: LabelSource | undefined = undefined;
  #index = 0;

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  get labels(): Labels {
    this.#labels ??= this.#source?.labels(this.#index) ?? EMPTY_LABELS;
    return this.#labels;
  }

  set labels(labels: Labels) {
    this.#labels = labels;
  }

  labelLater(source: LabelSource, index: number): void {
    this.#labels = undefined;
    this.#source = source;
    this.#index = index;
  }
}
