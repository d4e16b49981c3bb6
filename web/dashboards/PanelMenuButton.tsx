import { ActionIcon } from '@mantine/core';
import { lazy, type ReactElement, startTransition, Suspense, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import type { PanelMenuProps } from './PanelMenu.tsx';

const PanelMenu = lazy(async () => ({ default: (await import('./PanelMenu.tsx')).PanelMenu }));

/** Stands for the menu until it is wanted: a dashboard has as many as panels, and most are never opened. */
export function PanelMenuButton(props: PanelMenuProps): ReactElement {
  const [isWanted, setWanted] = useState(false);
  const { panel, title } = props;
  const button = (
    <ActionIcon
      className="nx-tile-menu"
      variant="subtle"
      color="gray"
      size={26}
      aria-label={`Menu of ${title === '' ? `panel ${panel.id}` : title}`}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => startTransition(() => setWanted(true))}
    >
      <Icon name="more" size={16} />
    </ActionIcon>
  );
  // Until the menu is there the button stays, with the focus.
  return <Suspense fallback={button}>{isWanted ? <PanelMenu {...props} /> : button}</Suspense>;
}
