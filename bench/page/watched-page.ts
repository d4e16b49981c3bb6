import type { CDPSession, Page } from 'playwright-core';

/** In the page, before anything of it runs: notes when all panels on the screen have been drawn. */
export const WATCH_PANELS = `(() => {
  const quiet = () => {
    if (document.querySelector('[data-panel-state][aria-busy="true"]') !== null) return false;
    const panels = [...document.querySelectorAll('[data-panel-state]')].filter((panel) => {
      const { top, bottom } = panel.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    return panels.length > 0 && panels.every((panel) =>
      panel.dataset.panelState !== 'loading');
  };
  let asked = 0;
  addEventListener('DOMContentLoaded', () => new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.getAttribute('aria-busy') === 'true')) asked++;
  }).observe(document.body, { subtree: true, attributeFilter: ['aria-busy'] }));
  const settled = (fromMs, isBegun) => new Promise((resolve) => {
    const look = () => requestAnimationFrame(() => {
      // The frame after: what was decided is on the screen.
      if (isBegun() && quiet()) requestAnimationFrame(() => resolve(performance.now() - fromMs));
      else look();
    });
    look();
  });
  window.benchDrawn = () => settled(0, () => true);
  window.benchExpect = () => {
    const before = asked;
    let fromMs = 0;
    addEventListener('keydown', () => { fromMs = performance.now(); }, { capture: true });
    window.benchAnswered = settled(0, () => asked > before).then((atMs) => atMs - fromMs);
  };
  window.benchFrames = () => {
    const times = [];
    let handle = 0;
    const next = (timeMs) => { times.push(timeMs); handle = requestAnimationFrame(next); };
    handle = requestAnimationFrame(next);
    return () => { cancelAnimationFrame(handle); return times; };
  };
})()`;

const SETTLED_MAX_MS = 60_000;

/** Milliseconds from the navigation until all panels on the screen were drawn. */
export async function untilDrawn(page: Page): Promise<number> {
  return Number(await orLate(page.evaluate('window.benchDrawn()')));
}

/** Goes back by half the range, so that all panels are asked; milliseconds until they were drawn. */
export async function untilMoved(page: Page): Promise<number> {
  await page.evaluate('window.benchExpect()');
  await page.keyboard.press('t');
  await page.keyboard.press('ArrowLeft');
  return Number(await orLate(page.evaluate('window.benchAnswered')));
}

async function orLate<T>(done: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the panels are not drawn')), SETTLED_MAX_MS).unref();
  });
  return await Promise.race([done, late]);
}

/** How smooth something was. */
export interface Frames {
  readonly perSecond: number;
  readonly longestMs: number;
}

/** Frames that were drawn while `act` went on. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate('window.benchStop = window.benchFrames()');
  await act();
  const times = await page.evaluate<number[]>('window.benchStop()');
  const spans = times.slice(1).map((timeMs, i) => timeMs - (times[i] ?? 0));
  const totalMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return { perSecond: (spans.length * 1000) / totalMs, longestMs: Math.max(...spans) };
}

/** What the processes that run pages use while `act` goes on, in milliseconds; a browser with one page has one. */
export async function cpuDuring(page: Page, act: () => Promise<void>): Promise<number> {
  const before = await rendererCpuSeconds(page);
  await act();
  let seconds = 0;
  for (const [id, used] of await rendererCpuSeconds(page)) seconds += used - (before.get(id) ?? 0);
  return seconds * 1000;
}

async function rendererCpuSeconds(page: Page): Promise<ReadonlyMap<number, number>> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]));
}

/** A CPU profile of the page's main thread while `act` goes on, as `.cpuprofile`. */
export async function profiled(session: CDPSession, act: () => Promise<void>): Promise<string> {
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  await act();
  const { profile } = await session.send('Profiler.stop');
  return JSON.stringify(profile);
}
