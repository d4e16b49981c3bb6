import { Kbd, Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { SHORTCUTS } from './shortcuts.ts';

interface ShortcutHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function ShortcutHelp({ isOpen, onClose }: ShortcutHelpProps): ReactElement {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard" size="md">
      <dl className="nx-shortcuts">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
