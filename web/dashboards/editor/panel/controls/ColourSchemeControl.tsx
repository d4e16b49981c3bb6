import { Select } from '@mantine/core';
import type { ReactElement } from 'react';
import { isObject, type Json, jsonAt, schemeSteps, schemeColours } from '#dashboards';
import { ColourField } from './ColourField.tsx';

const MODES = [
  {
    group: 'By series',
    items: [
      { value: 'palette-classic', label: 'A colour for each series' },
      { value: 'palette-classic-by-name', label: 'A colour for each name' },
      { value: 'fixed', label: 'One colour' },
      { value: 'shades', label: 'Shades of one colour' },
    ],
  },
  { group: 'By value', items: [{ value: 'thresholds', label: 'Thresholds' }] },
  {
    group: 'By value, along a scheme',
    items: [
      { value: 'continuous-GrYlRd', label: 'Green, yellow, red' },
      { value: 'continuous-RdYlGr', label: 'Red, yellow, green' },
      { value: 'continuous-BlYlRd', label: 'Blue, yellow, red' },
      { value: 'continuous-YlRd', label: 'Yellow, red' },
      { value: 'continuous-BlPu', label: 'Blue, purple' },
      { value: 'continuous-YlBl', label: 'Yellow, blue' },
      { value: 'continuous-blues', label: 'Blues' },
      { value: 'continuous-reds', label: 'Reds' },
      { value: 'continuous-greens', label: 'Greens' },
      { value: 'continuous-purples', label: 'Purples' },
      { value: 'continuous-viridis', label: 'Viridis' },
      { value: 'continuous-magma', label: 'Magma' },
      { value: 'continuous-plasma', label: 'Plasma' },
      { value: 'continuous-inferno', label: 'Inferno' },
      { value: 'continuous-cividis', label: 'Cividis' },
    ],
  },
];

interface ColourSchemeControlProps {
  /** `{ mode, fixedColor }`; undefined where the file says nothing. */
  readonly value: Json | undefined;
  /** What holds then. */
  readonly usualMode: string;
  readonly isDark: boolean;
  readonly onChange: (value: Json) => void;
}

/** How fields get their colours. */
export function ColourSchemeControl(props: ColourSchemeControlProps): ReactElement {
  const { value, usualMode, isDark, onChange } = props;
  const own = isObject(value) ? value : {};
  const mode = textAt(value, 'mode') || usualMode;
  const set = (key: string, next: string): void => onChange({ ...own, mode, [key]: next });
  const known = MODES.some(({ items }) => items.some((item) => item.value === mode));
  const data = known
    ? MODES
    : [...MODES, { group: 'In the file', items: [{ value: mode, label: mode }] }];
  return (
    <div className="nx-scheme">
      <Select
        size="sm"
        aria-label="Colours"
        data={data}
        value={mode}
        allowDeselect={false}
        maxDropdownHeight={340}
        comboboxProps={{ width: 260, position: 'bottom-end' }}
        onChange={(next) => next !== null && set('mode', next)}
        renderOption={({ option }) => (
          <span className="nx-unit">
            <span>{option.label}</span>
            <SchemeBar name={option.value} isDark={isDark} />
          </span>
        )}
      />
      {(mode === 'fixed' || mode === 'shades') && (
        <ColourField
          label="The colour"
          value={textAt(value, 'fixedColor')}
          isDark={isDark}
          onChange={(colour) => set('fixedColor', colour)}
        />
      )}
    </div>
  );
}

function textAt(value: Json | undefined, key: string): string {
  const text = jsonAt(value, [key]);
  return typeof text === 'string' ? text : '';
}

/** Schemes of heatmaps, by the names of the file. */
const HEATMAP_SCHEMES: readonly string[] = (
  'Oranges Blues Greens Reds Purples Greys Viridis Magma Plasma Inferno Cividis Turbo Warm Cool ' +
  'Spectral RdYlGn RdYlBu RdBu YlOrRd YlGnBu BuPu GnBu OrRd PuBu'
).split(' ');

interface HeatmapSchemeControlProps {
  readonly value: string;
  readonly isDark: boolean;
  readonly onChange: (scheme: string) => void;
}

export function HeatmapSchemeControl(props: HeatmapSchemeControlProps): ReactElement {
  const { value, isDark, onChange } = props;
  const data = HEATMAP_SCHEMES.includes(value) ? [...HEATMAP_SCHEMES] : [value, ...HEATMAP_SCHEMES];
  return (
    <Select
      size="sm"
      aria-label="Scheme"
      data={data}
      value={value}
      allowDeselect={false}
      maxDropdownHeight={340}
      onChange={(scheme) => scheme !== null && onChange(scheme)}
      renderOption={({ option }) => (
        <span className="nx-unit">
          <span>{option.label}</span>
          <SchemeBar name={option.value} isDark={isDark} />
        </span>
      )}
    />
  );
}

function SchemeBar(props: {
  readonly name: string;
  readonly isDark: boolean;
}): ReactElement | null {
  const { name, isDark } = props;
  if (schemeColours(name, isDark) === undefined) return null;
  const colours = schemeSteps(name, 7, isDark);
  return (
    <span
      className="nx-scheme-bar"
      style={{ background: `linear-gradient(to right, ${colours.join(', ')})` }}
    />
  );
}
