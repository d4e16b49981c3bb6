import { Kbd, Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { SHORTCUTS } from './shortcuts.ts';

interface ShortcutHelpProps {
  readonly onClose: () => void;
}

export function ShortcutHelp({ onClose }: ShortcutHelpProps): ReactElement {
  return (
    <Modal opened onClose={onClose} title="Keyboard" size="md">
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
