import type {
  BuiltInScope,
  FieldSettings,
  Frame,
  InterpolationOptions,
  Panel,
  PanelKind,
  PanelOptions,
  PanelRange,
  VariableValues,
} from '#dashboards';
import type { GraphEvent } from '../../events/graph-event.ts';

/** What a renderer of a kind of panel is given. Everything but `size` and `cursor` keeps its identity while it is equal. */
export interface PanelProps<Kind extends PanelKind = PanelKind> {
  readonly panel: Panel;
  readonly options: Extract<PanelOptions, { readonly kind: Kind }>;
  /** Transformed. Empty where the panel has no queries; frames of the last answer while a new one is awaited. */
  readonly frames: readonly Frame[];
  /** `settings[i][j]` belongs to `frames[i].fields[j]`: the panel's defaults with the overrides that hold for it. */
  readonly settings: readonly (readonly FieldSettings[])[];
  /** Of the last answer, so that what is drawn and its axis agree. */
  readonly range: PanelRange;
  /** Of the tz database, never empty. */
  readonly zone: string;
  readonly isDark: boolean;
  /** Of the area inside the frame, in CSS pixels; at least 1 each. A renderer fills it, and scrolls inside it. */
  readonly size: { readonly width: number; readonly height: number };
  /** What is chosen of each variable. */
  readonly scope: VariableValues;
  readonly interpolate: Interpolate;
  /** Drawn as vertical marks over time. */
  readonly events: readonly GraphEvent[];
  readonly cursor: PanelCursor;
  /** A range was dragged. */
  readonly onZoom: (fromMs: number, toMs: number) => void;
  /** A cell's value is wanted (`=`) or not (`!=`) as an ad hoc filter; undefined where the dashboard has none. */
  readonly onFilter: ((key: string, operator: '=' | '!=', value: string) => void) | undefined;
}

/**
 * Replaces variables, those of time, interval and dashboard too; unknown ones stay as they are written. `text`, which
 * is meant where nothing is said, for what is read; `html` for text panels, `percentencode` for links. `data` is what
 * `${__field.name}` and its kin stand for.
 */
export type Interpolate = (
  text: string,
  format?: InterpolationOptions['format'],
  data?: Pick<BuiltInScope, 'field' | 'seriesName' | 'value' | 'row'>,
) => string;

export type { PanelRange };
/** What the pointer over one graph shows on the others. */
export interface PanelCursor {
  readonly mode: 'none' | 'line' | 'tooltip';
  /** Of uPlot's `cursor.sync.key`; '' where graphs keep to themselves. */
  readonly syncKey: string;
}
