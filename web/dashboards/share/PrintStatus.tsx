import '../../styles/share.css';
import { Button, Loader } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { setPrintStage } from '../../shell/printing.ts';

const LOOK_AGAIN_MS = 100;
/** What takes longer is printed as it is. */
const WAIT_MAX_MS = 60_000;

interface Drawn {
  readonly drawn: number;
  readonly total: number;
}

function isDrawn({ dataset, ariaBusy }: HTMLElement): boolean {
  return dataset['panelState'] !== 'loading' && ariaBusy !== 'true';
}

function countDrawn(): Drawn {
  const panels = [...document.querySelectorAll<HTMLElement>('[data-panel-key]')];
  return { drawn: panels.filter(isDrawn).length, total: panels.length };
}

/** While the panels that are out of view are drawn; prints when all of them are. */
export function PrintStatus(): ReactElement {
  const [{ drawn, total }, setDrawn] = useState(countDrawn);
  useEffect(() => {
    const startMs = Date.now();
    const timer = setInterval(() => {
      const counted = countDrawn();
      setDrawn(counted);
      if (counted.drawn < counted.total && Date.now() - startMs < WAIT_MAX_MS) return;
      clearInterval(timer);
      setPrintStage('printing');
      void printNextFrame();
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="nx-print-status" role="status">
      <Loader size={16} />
      Drawing all panels: {drawn} of {total}
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setPrintStage('none')}>
        Cancel
      </Button>
    </div>
  );
}

/** Once the light colours are drawn. Browsers that return at once say later when they have printed. */
async function printNextFrame(): Promise<void> {
  await nextFrame();
  await nextFrame();
  window.print();
}

async function nextFrame(): Promise<number> {
  return await new Promise((resolve) => requestAnimationFrame(resolve));
}
