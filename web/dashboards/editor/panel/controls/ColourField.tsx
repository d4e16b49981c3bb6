import { Popover, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import '../../../../styles/colour-field.css';
import { cssColour, parseColour } from '#dashboards';

/** Grafana's names, which follow the scheme of the page: a hue in a row. */
const HUES = ['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const;
const SHADES = ['dark', 'semi-dark', '', 'light', 'super-light'] as const;
const OTHERS = ['text', 'transparent', 'white', 'black', 'gray'] as const;

interface ColourFieldProps {
  /** What gets the colour. */
  readonly label: string;
  /** '' for none. */
  readonly value: string;
  readonly isDark: boolean;
  readonly onChange: (colour: string) => void;
}

/** A colour of a file: one of the named, or any of CSS. */
export function ColourField({ label, value, isDark, onChange }: ColourFieldProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const choose = (colour: string): void => {
    onChange(colour);
    setOpen(false);
  };
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      trapFocus
      shadow="md"
      position="bottom-start"
      withinPortal
    >
      <Popover.Target>
        <button
          type="button"
          className="nx-colour nx-colour-large"
          data-none={value === ''}
          style={value === '' ? {} : { background: swatch(value, isDark) }}
          aria-label={`${label}: ${value === '' ? 'none' : value}`}
          title={value === '' ? 'Choose a colour' : value}
          onClick={() => setOpen(!isOpen)}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <div className="nx-colours">
          {HUES.map((hue) =>
            SHADES.map((shade) => {
              const name = shade === '' ? hue : `${shade}-${hue}`;
              return <Swatch key={name} {...{ name, value, isDark }} onChoose={choose} />;
            }),
          )}
          {OTHERS.map((name) => (
            <Swatch key={name} {...{ name, value, isDark }} onChoose={choose} />
          ))}
        </div>
        <OwnColour value={value} isDark={isDark} onChange={onChange} />
      </Popover.Dropdown>
    </Popover>
  );
}

function swatch(colour: string, isDark: boolean): string {
  return cssColour(colour, isDark, 'transparent');
}

interface SwatchProps {
  readonly name: string;
  readonly value: string;
  readonly isDark: boolean;
  readonly onChoose: (colour: string) => void;
}

function Swatch({ name, value, isDark, onChoose }: SwatchProps): ReactElement {
  return (
    <button
      type="button"
      className="nx-colour"
      style={{ background: swatch(name, isDark) }}
      aria-label={name}
      aria-pressed={name === value}
      title={name}
      onClick={() => onChoose(name)}
    />
  );
}

function OwnColour({ value, isDark, onChange }: Omit<ColourFieldProps, 'label'>): ReactElement {
  const [text, setText] = useState(value);
  const isColour = text.trim() === '' || parseColour(text, isDark) !== undefined;
  return (
    <TextInput
      size="xs"
      label="Name or hex"
      placeholder="#3366cc"
      value={text}
      maxLength={64}
      error={isColour ? undefined : 'no colour'}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        if (next.trim() !== '' && parseColour(next, isDark) !== undefined) onChange(next.trim());
      }}
    />
  );
}
