import { createContext, useContext } from 'react';
import type { Frame, JsonObject, Panel, PanelKind } from '#dashboards';
import type { RequestAnswer } from '../../use-panel-answers.ts';

/** The panel that is edited, for every part of its editor. */
export interface PanelEdit {
  /** As the file has it. */
  readonly panel: JsonObject;
  /** As it is read. */
  readonly view: Panel;
  readonly kind: PanelKind;
  /** Words for a change: `Unit of “CPU”`. */
  readonly name: string;
  readonly change: (next: JsonObject, what: string) => void;
  /** Of the last answers. */
  readonly answers: readonly RequestAnswer[];
  /** What the queries answered, before transformations. */
  readonly answered: readonly Frame[];
  /** What is drawn. */
  readonly frames: readonly Frame[];
  /** Of the fields that are drawn, as a person sees them, each once. */
  readonly fieldNames: readonly string[];
  readonly isDark: boolean;
  /** Names of the dashboard's variables. */
  readonly variables: readonly string[];
}

export const PanelEditContext = createContext<PanelEdit | undefined>(undefined);

/** Throws outside of a panel's editor. */
export function usePanelEdit(): PanelEdit {
  const edit = useContext(PanelEditContext);
  if (edit === undefined) throw new Error('cannot edit a panel outside of its editor');
  return edit;
}
