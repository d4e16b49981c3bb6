import type { JsonObject } from '#dashboards';
import type { Variables } from '../use-variables.ts';

/**
 * Takes the whole file as it is to be, and what was done in words, for "Undo: …": `Title of “CPU”`. What was done
 * twice within a moment in the same words is one step, so that typing is.
 */
export type ChangeJson = (nextJson: JsonObject, what: string) => void;

export interface PanelEditorProps {
  /** The file as edited so far. */
  readonly json: JsonObject;
  /** As `findPanel` takes it. */
  readonly panelId: number;
  readonly onChange: ChangeJson;
  readonly onClose: () => void;
}

/** As Grafana's URLs name them, and `json`, `versions`. */
export const SETTINGS_TABS = [
  'settings',
  'variables',
  'annotations',
  'links',
  'json',
  'versions',
] as const;

export type SettingsTab = (typeof SETTINGS_TABS)[number];

export interface DashboardSettingsProps {
  readonly json: JsonObject;
  /** As they are resolved on the page. */
  readonly variables: Variables;
  readonly onChange: ChangeJson;
  readonly onClose: () => void;
  readonly tab: SettingsTab;
}
