import { useEffect } from 'react';
import { isTyping } from '../../shell/shortcuts.ts';
import type { EditedDashboard } from './use-edited-dashboard.ts';

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y (with Cmd on a Mac); in a field they are the field's. */
export function useEditKeys({ undo, redo, undoes, redoes }: EditedDashboard): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey;
      if (!isCommand || event.defaultPrevented || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      const isRedo = key === 'y' || (key === 'z' && event.shiftKey);
      if (key !== 'z' && key !== 'y') return;
      if ((isRedo ? redoes : undoes) === undefined) return;
      event.preventDefault();
      if (isRedo) redo();
      else undo();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [undo, redo, undoes, redoes]);
}
