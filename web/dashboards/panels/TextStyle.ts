import type { CSSProperties } from 'react';

const COLOUR = /^(#[0-9a-f]{3,8}|[a-z]{3,24}|(rgb|hsl)a?\([\d\s.,%/deg]{1,40}\))$/i;
const LENGTH = /^(\d{1,3}(?:\.\d{1,3})?)(px|pt|em|rem|%)$/i;

/** How a property is read: undefined for values that are not taken. */
const PROPERTIES: Readonly<
  Record<
    string,
    { readonly name: keyof CSSProperties; readonly read: (value: string) => string | undefined }
  >
> = {
  color: { name: 'color', read: readColour },
  'background-color': { name: 'backgroundColor', read: readColour },
  background: { name: 'backgroundColor', read: readColour },
  'text-align': { name: 'textAlign', read: oneOf('left', 'center', 'right', 'justify') },
  'font-weight': {
    name: 'fontWeight',
    read: oneOf('normal', 'bold', 'bolder', 'lighter', '300', '400', '500', '600', '700', '800'),
  },
  'font-style': { name: 'fontStyle', read: oneOf('normal', 'italic') },
  'text-decoration': { name: 'textDecoration', read: oneOf('none', 'underline', 'line-through') },
  'font-size': { name: 'fontSize', read: readLength },
  padding: { name: 'padding', read: readLength },
};

/** Nothing here moves an element, lays it over others or fetches: only how text looks. */
export function readTextStyle(text: string): CSSProperties {
  const style: Record<string, string> = {};
  for (const declaration of text.slice(0, 2000).split(';')) {
    const colon = declaration.indexOf(':');
    const property = PROPERTIES[declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase()];
    const value = property?.read(declaration.slice(colon + 1).trim());
    if (property !== undefined && value !== undefined) style[property.name] = value;
  }
  return style;
}

function readColour(value: string): string | undefined {
  return COLOUR.test(value) ? value : undefined;
}

function oneOf(...words: string[]): (value: string) => string | undefined {
  return (value) => words.find((word) => word === value.toLowerCase());
}

const LENGTHS_MAX: Readonly<Record<string, number>> = { px: 96, pt: 72, em: 6, rem: 6, '%': 600 };

function readLength(value: string): string | undefined {
  const [, number = '', unit = ''] = LENGTH.exec(value) ?? [];
  const max = LENGTHS_MAX[unit.toLowerCase()];
  if (max === undefined) return undefined;
  return `${Math.min(Number(number), max)}${unit}`;
}
