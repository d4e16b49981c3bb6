import { type ComponentType, type ReactElement, useEffect, useState } from 'react';
import { setPrintStage, usePrintStage } from '../../shell/printing.ts';
import type { PrintPartsProps } from './PrintParts.tsx';

/** Draws all panels before the dashboard is printed, and says on paper what the controls say on the screen. */
export function PrintMount(props: Omit<PrintPartsProps, 'stage'>): ReactElement | null {
  const stage = usePrintStage();
  const Parts = useParts();
  usePrintKey();
  return stage === 'none' || Parts === undefined ? null : <Parts {...props} stage={stage} />;
}

/** Not needed for the first look, but there when the browser's own menu prints: that waits for nothing. */
function useParts(): ComponentType<PrintPartsProps> | undefined {
  const [parts, setParts] = useState<{ readonly component: ComponentType<PrintPartsProps> }>();
  useEffect(() => {
    void import('./PrintParts.tsx').then(({ PrintParts }) => setParts({ component: PrintParts }));
  }, []);
  return parts?.component;
}

/** The browser's key: panels that are out of view would be missing. */
function usePrintKey(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isPrint = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'p';
      if (!isPrint || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setPrintStage('drawing');
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
