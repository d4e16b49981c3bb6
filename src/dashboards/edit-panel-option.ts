import type { Json, JsonObject, PanelKind } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';

/** With what an option is set. */
export type OptionControl =
  | { readonly kind: 'text'; readonly placeholder?: string }
  | { readonly kind: 'lines' }
  | {
      readonly kind: 'number' | 'slider';
      readonly min?: number;
      readonly max?: number;
      readonly step?: number;
    }
  | { readonly kind: 'flag' }
  | {
      readonly kind: 'choice';
      readonly choices: readonly OptionChoice[];
      /** A choice beside those: a number of one's own. */
      readonly number?: { readonly label: string; readonly start: number };
    }
  /** Some of them, as a list of texts, or as an object of yes and no. */
  | {
      readonly kind: 'many';
      readonly choices: readonly OptionChoice[];
      readonly asFlags?: boolean;
    }
  | { readonly kind: 'texts' }
  | {
      readonly kind:
        | 'reducers'
        | 'unit'
        | 'colour'
        | 'scheme'
        | 'thresholds'
        | 'mappings'
        | 'links'
        | 'field'
        | 'fields'
        | 'sort';
    };

export interface OptionChoice {
  readonly value: string | number | boolean;
  readonly label: string;
}

export type OptionSection =
  | 'Content'
  | 'Drawing'
  | 'Value'
  | 'Layout'
  | 'Colours and buckets'
  | 'Cells'
  | 'Axis'
  | 'Legend'
  | 'Tooltip'
  | 'Field'
  | 'Colour'
  | 'Thresholds'
  | 'Value mappings'
  | 'Data links'
  | 'Where it is shown';

/** One option of a panel: where it stands in the file, what it is and with what it is set. */
export interface PanelOption {
  /**
   * `options.legend.placement` in the panel itself; else a property of fields as overrides name it (`unit`,
   * `custom.lineWidth`), with the path inside of its value after slashes: `custom.stacking/mode`.
   */
  readonly id: string;
  readonly name: string;
  readonly help: string;
  readonly section: OptionSection;
  readonly control: OptionControl;
  /** What holds where the file says nothing; null for nothing. */
  readonly usual: Json;
  readonly usualOf?: Partial<Record<PanelKind, Json>>;
  readonly kinds: readonly PanelKind[];
  /** Counts only where another option has one of these values. */
  readonly when?: { readonly id: string; readonly is: readonly Json[] };
  /** Rarely wanted for all fields: it is offered for overrides only. */
  readonly onlyOverrides?: boolean;
}

const defaultsPath: JsonPath = ['fieldConfig', 'defaults'];

export function isFieldOption({ id }: PanelOption): boolean {
  return !id.startsWith('options.');
}

/** The property that an override names: `custom.stacking`. */
export function propertyOf({ id }: PanelOption): string {
  return id.split('/', 1)[0] ?? id;
}

/** Inside of the property's value. */
export function innerPathOf({ id }: PanelOption): JsonPath {
  return id.split('/').slice(1);
}

/** From the panel. */
export function optionPath(option: PanelOption): JsonPath {
  if (!isFieldOption(option)) return option.id.split('.');
  return [...defaultsPath, ...propertyOf(option).split('.'), ...innerPathOf(option)];
}

export function usualOf(option: PanelOption, kind: PanelKind): Json {
  return option.usualOf?.[kind] ?? option.usual;
}

const showLegendPath: JsonPath = ['options', 'legend', 'showLegend'];
const legendModeId = 'options.legend.displayMode';

/** What the file says; undefined where it says nothing. */
export function optionValue(panel: JsonObject, option: PanelOption): Json | undefined {
  if (option.id === legendModeId && jsonAt(panel, showLegendPath) === false) return 'hidden';
  return jsonAt(panel, optionPath(option)) ?? undefined;
}

/** The panel with another value of one option; undefined takes it out of the file. Nothing else changes. */
export function withOption(
  panel: JsonObject,
  option: PanelOption,
  value: Json | undefined,
): JsonObject {
  if (option.id === legendModeId) return withLegendMode(panel, option, value);
  return withJsonAt(panel, optionPath(option), value);
}

/** Whether a legend is shown and how are two words of the file. */
function withLegendMode(
  panel: JsonObject,
  option: PanelOption,
  value: Json | undefined,
): JsonObject {
  const isHidden = value === 'hidden';
  const mode = isHidden ? jsonAt(panel, optionPath(option)) : value;
  const shown = withJsonAt(panel, showLegendPath, !isHidden);
  return withJsonAt(shown, optionPath(option), mode === 'hidden' ? 'list' : (mode ?? undefined));
}

/** Whether the option counts, by what others are. */
export function optionCounts(
  panel: JsonObject,
  option: PanelOption,
  { options, kind }: { readonly options: readonly PanelOption[]; readonly kind: PanelKind },
): boolean {
  const { when } = option;
  if (when === undefined) return true;
  const other = options.find(({ id }) => id === when.id);
  if (other === undefined) return true;
  return when.is.includes(optionValue(panel, other) ?? usualOf(other, kind));
}

/** Those in which all words of a search are found. */
export function searchOptions(
  options: readonly PanelOption[],
  text: string,
): readonly PanelOption[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ name, help, section, id, control }) => {
    const choices = 'choices' in control ? control.choices.map(({ label }) => label) : [];
    const all = [name, help, section, id, ...choices].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
