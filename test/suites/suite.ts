/** One case of a conformance file. `message` says what differed where it is not ok. */
export interface CaseResult {
  readonly id: string;
  readonly ok: boolean;
  readonly message?: string;
}

export interface FileResult {
  /** Path below the conformance directory without its ending: `promql/aggregators`. */
  readonly file: string;
  readonly cases: readonly CaseResult[];
}

/** Runs every file of one area (a folder of the conformance directory). Absent files are left out. */
export interface Suite {
  readonly area: string;
  run(dir: string): Promise<readonly FileResult[]>;
}
