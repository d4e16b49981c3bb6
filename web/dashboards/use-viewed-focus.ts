import { useEffect, useRef } from 'react';

/**
 * The panel that is shown alone, or was until now, has the focus where what had it is gone: the next key is
 * for it, and among the others it is in sight. `viewPanel` is its key; '' while all are shown.
 */
export function useViewedFocus(viewPanel: string): void {
  const before = useRef(viewPanel);
  useEffect(() => {
    const key = viewPanel === '' ? before.current : viewPanel;
    const hasChanged = before.current !== viewPanel;
    before.current = viewPanel;
    if (!hasChanged || document.activeElement !== document.body) return;
    const panels = [...document.querySelectorAll<HTMLElement>('[data-panel-key]')];
    panels.find(({ dataset }) => dataset['panelKey'] === key)?.focus();
  }, [viewPanel]);
}
