import type { Json, JsonObject } from './dashboard.ts';
import type { PanelPlan, PanelRequest } from './panel-requests.ts';
import type { TimeRangeText, TimeSpan } from './time-range.ts';
import type { VariableOption, VariableValues } from './variable.ts';

/** A dashboard with what its panels showed: what a shared file holds. JSON through and through. */
export interface DashboardSnapshot {
  readonly format: 1;
  /** Variables in it replaced. */
  readonly title: string;
  readonly folder: string;
  /** Host and port that it was taken from. */
  readonly source: string;
  readonly takenMs: number;
  /** See shareableJson. */
  readonly json: JsonObject;
  readonly range: TimeRangeText;
  readonly span: TimeSpan;
  /** Of the tz database. */
  readonly zone: string;
  readonly values: VariableValues;
  /** Of the variables that rows and panels are repeated for. */
  readonly options: Readonly<Record<string, readonly VariableOption[]>>;
  /** What was chosen, in words. */
  readonly variables: readonly { readonly label: string; readonly text: string }[];
  readonly annotations: readonly SnapshotAnnotation[];
  /** By the keys of expanded panels. */
  readonly panels: Readonly<Record<string, SnapshotPanel>>;
}

/** Marks on graphs, with the colour of their annotation. */
export interface SnapshotAnnotation {
  readonly name: string;
  readonly colour: string | null;
  /** Undefined: on all panels. */
  readonly panels?: { readonly ids: readonly number[]; readonly areExcluded: boolean };
  readonly events: readonly Json[];
}

export interface SnapshotPanel {
  readonly plan: PanelPlan;
  readonly answers: readonly SnapshotAnswer[];
}

/** `data` is that of the API's answer. */
export interface SnapshotAnswer {
  readonly request: PanelRequest;
  readonly data?: unknown;
  readonly warnings?: readonly string[];
  /** Why there is no answer. */
  readonly failure?: string;
}

/** Larger than what is looked at: some hundred panels with a hundred series each. */
export const SNAPSHOT_SAMPLES_MAX = 3_000_000;

/** More samples than a shared file may hold. */
export class SnapshotSizeError extends Error {
  readonly code = 'snapshot_too_large';

  constructor() {
    super(
      `cannot put the dashboard into one file: its panels have more than ${SNAPSHOT_SAMPLES_MAX.toLocaleString('en')} values; choose a shorter time, or fewer series`,
    );
    this.name = 'SnapshotSizeError';
  }
}
