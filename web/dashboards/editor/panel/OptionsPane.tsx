import { TextInput } from '@mantine/core';
import { type ReactElement, type ReactNode, useState } from 'react';
import {
  type Json,
  optionCounts,
  optionsOfKind,
  type OptionSection,
  optionValue,
  type PanelOption,
  searchOptions,
  usualOf,
  withOption,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { OptionControlField } from './OptionControls.tsx';
import { OptionRow } from './OptionRow.tsx';
import { type PanelEdit, PanelEditContext, usePanelEdit } from './panel-edit.ts';
import { PanelBasics } from './PanelBasics.tsx';

/** In the order in which they stand. */
const SECTIONS: readonly OptionSection[] = [
  'Content',
  'Value',
  'Drawing',
  'Layout',
  'Colours and buckets',
  'Field',
  'Colour',
  'Thresholds',
  'Value mappings',
  'Axis',
  'Legend',
  'Tooltip',
  'Cells',
  'Data links',
];

/** Open until a person closes them. */
const FIRST_OPEN: ReadonlySet<string> = new Set([
  'Panel',
  'Content',
  'Value',
  'Drawing',
  'Layout',
  'Field',
  'Colour',
  'Thresholds',
]);

/** Its own line would be too narrow for these. */
const WIDE: ReadonlySet<string> = new Set(['thresholds', 'mappings', 'links', 'lines']);

export function isWide({ control }: PanelOption): boolean {
  return WIDE.has(control.kind);
}

interface OptionsPaneProps {
  /** Whose options are shown; title and the like are always those of the panel itself. */
  readonly shown: PanelEdit;
  readonly isReadOnly: boolean;
}

/** All options of the panel, by section, to be searched. */
export function OptionsPane({ shown: edit, isReadOnly }: OptionsPaneProps): ReactElement {
  const { panel, kind } = edit;
  const [text, setText] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(
    () => new Set(SECTIONS.filter((section) => !FIRST_OPEN.has(section))),
  );
  const options = optionsOfKind(kind).filter(({ onlyOverrides }) => onlyOverrides !== true);
  const shown = searchOptions(options, text).filter((option) =>
    optionCounts(panel, option, { options, kind }),
  );
  const isSearching = text.trim() !== '';
  const toggle = (section: string): void => {
    const next = new Set(closed);
    if (!next.delete(section)) next.add(section);
    setClosed(next);
  };
  return (
    <div className="nx-pe-options">
      <TextInput
        size="sm"
        aria-label="Search options"
        placeholder="Search options"
        leftSection={<Icon name="search" size={15} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {!isSearching && (
        <Section title="Panel" isOpen={!closed.has('Panel')} onToggle={() => toggle('Panel')}>
          <PanelBasics />
        </Section>
      )}
      <PanelEditContext value={edit}>
        <fieldset className="nx-pe-fieldset" disabled={isReadOnly}>
          {SECTIONS.map((section) => {
            const own = shown.filter((option) => option.section === section);
            if (own.length === 0) return null;
            return (
              <Section
                key={section}
                title={section}
                count={own.filter((option) => optionValue(panel, option) !== undefined).length}
                isOpen={isSearching || !closed.has(section)}
                onToggle={() => toggle(section)}
              >
                {own.map((option) => (
                  <PanelOptionField key={option.id} option={option} />
                ))}
              </Section>
            );
          })}
        </fieldset>
      </PanelEditContext>
      {isSearching && shown.length === 0 && <p className="nx-quiet">There is no such option.</p>}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  /** Options that the file says something of. */
  readonly count?: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

function Section({ title, count = 0, isOpen, onToggle, children }: SectionProps): ReactElement {
  return (
    <section className="nx-pe-section" aria-label={title}>
      <h3>
        <button type="button" className="nx-pe-fold" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={15} />
          {title}
          {!isOpen && count > 0 && <span className="nx-quiet">{count} set</span>}
        </button>
      </h3>
      {isOpen && <div className="nx-pe-section-body">{children}</div>}
    </section>
  );
}

function PanelOptionField({ option }: { readonly option: PanelOption }): ReactElement {
  const { panel, kind, name, change } = usePanelEdit();
  const value = optionValue(panel, option);
  const set = (next: Json | undefined): void =>
    change(withOption(panel, option, cleaned(option, next)), `${option.name} of ${name}`);
  const label = labelOf(option);
  return (
    <OptionRow
      name={option.name}
      help={option.help}
      isWide={isWide(option)}
      onReset={value === undefined ? undefined : () => set(undefined)}
    >
      <OptionControlField
        control={option.control}
        label={label}
        value={value}
        usual={usualOf(option, kind)}
        onChange={set}
      />
    </OptionRow>
  );
}

/** Names like "Width" are told apart by their section. */
export function labelOf({ section, name }: PanelOption): string {
  return section === 'Legend' || section === 'Tooltip' || section === 'Axis'
    ? `${section}: ${name}`
    : name;
}

/** An empty list says the same as none where none is usual. */
function cleaned(option: PanelOption, value: Json | undefined): Json | undefined {
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return isEmptyList && option.control.kind === 'links' ? undefined : value;
}
