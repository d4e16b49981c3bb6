import { useMantineColorScheme } from '@mantine/core';
import type { ReactElement } from 'react';
import { IconButton } from '../components/IconButton.tsx';

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const ICONS = { auto: 'monitor', light: 'sun', dark: 'moon' } as const;
const NAMES = { auto: 'as the system', light: 'light', dark: 'dark' } as const;

export function SchemeButton(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <IconButton
      icon={ICONS[colorScheme]}
      label={`Colours: ${NAMES[colorScheme]}. Next: ${NAMES[NEXT[colorScheme]]}`}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    />
  );
}
