import { type RefObject, useEffect, useState } from 'react';
import { usePrintStage } from '../shell/printing.ts';

/** A panel is asked for a little before it is seen. */
const MARGIN = '250px 0px';

/** All of them are in view while they are printed. */
export function useInView(ref: RefObject<HTMLElement | null>): boolean {
  const [isInView, setInView] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting === true),
      { rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return usePrintStage() !== 'none' || isInView;
}
