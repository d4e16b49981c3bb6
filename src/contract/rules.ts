import type { LabelObject } from './query.ts';

/** `/api/v1/alerts` */
export interface AlertsData {
  readonly alerts: readonly AlertData[];
}

export interface AlertData {
  readonly labels: LabelObject;
  readonly annotations: LabelObject;
  readonly state: 'pending' | 'firing' | 'inactive' | 'unknown';
  readonly activeAt?: string;
  readonly keepFiringSince?: string;
  readonly value: string;
}

interface RuleFields {
  readonly name: string;
  readonly query: string;
  readonly labels: LabelObject;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

export interface AlertingRuleData extends RuleFields {
  readonly type: 'alerting';
  readonly state: 'inactive' | 'pending' | 'firing' | 'unknown';
  /** Seconds. */
  readonly duration: number;
  readonly keepFiringFor: number;
  readonly annotations: LabelObject;
  readonly alerts: readonly AlertData[] | null;
}

export interface RecordingRuleData extends RuleFields {
  readonly type: 'recording';
}

export interface RuleGroupData {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly (AlertingRuleData | RecordingRuleData)[];
  /** Seconds. */
  readonly interval: number;
  readonly limit: number;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
}

/** `/api/v1/rules` */
export interface RulesData {
  readonly groups: readonly RuleGroupData[];
  readonly groupNextToken?: string;
}

/** `/api/v1/alertmanagers` */
export interface AlertmanagersData {
  readonly activeAlertmanagers: readonly { readonly url: string }[];
  readonly droppedAlertmanagers: readonly { readonly url: string }[];
}
