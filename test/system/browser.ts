import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** First the one without the window of a browser around its pages: opening them takes it half the time or less. */
const CHROMIUM_PATHS: readonly string[] = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const QUIET_CHROMIUM = fileURLToPath(new URL('./quiet-chromium.mjs', import.meta.url));

/** No window, no GPU, and nothing that Chromium would fetch by itself. */
const CHROMIUM_ARGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** The browser's program; undefined where none is installed (Debian: package `chromium-headless-shell`, or `chromium`). */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  const paths = named === undefined ? CHROMIUM_PATHS : [named, ...CHROMIUM_PATHS];
  return paths.find((path) => existsSync(path));
}

/** As describeWith takes it. */
export function missingBrowser(): string | undefined {
  return findChromium() === undefined ? 'chromium' : undefined;
}

/** A page and everything that went wrong in it so far. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, violations of the content policy. */
  readonly problems: readonly string[];
}

export interface BrowserSession {
  /** A page with its own storage; closed with the session. */
  readonly openPage: (options?: BrowserContextOptions) => Promise<WatchedPage>;
  readonly close: () => Promise<void>;
}

/** Starts a browser of the test's own. Throws where there is none; see findChromium. */
export async function startBrowser(): Promise<BrowserSession> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'cannot start a browser: install the package chromium-headless-shell or set CHROMIUM_PATH',
    );
  }
  const browser = await chromium.launch({
    executablePath: QUIET_CHROMIUM,
    args: [...CHROMIUM_ARGS],
    env: { ...process.env, CHROMIUM_PATH: executablePath },
  });
  return {
    openPage: async (options) => await openPage(browser, options),
    close: async () => await browser.close(),
  };
}

/** Where Chromium has no network of its own; see quiet-chromium.mjs. */
const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';

async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  // Without a locale Chromium reports `en-US@posix` here, which is not one.
  const context = await browser.newContext({ locale: 'en-US', viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes(NETWORK_CHANGED)) return;
    if (message.type() === 'error' || message.type() === 'warning') {
      problems.push(`${message.type()} at ${page.url()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`uncaught at ${page.url()}: ${error.message}`));
  await page.exposeFunction('reportPolicyViolation', (text: string) => {
    problems.push(`content policy at ${page.url()}: ${text}`);
  });
  await page.addInitScript(WATCH_POLICY);
  return { page, problems };
}

const WATCH_POLICY = `document.addEventListener('securitypolicyviolation', (event) => {
  window.reportPolicyViolation(event.violatedDirective + ' ' + event.blockedURI);
});`;

/** Pixels in a colour: lines are coloured, axes and grid are nearly grey. */
export async function countDrawnPixels(page: Page): Promise<number> {
  const count: unknown = await page.evaluate(`(() => {
    const canvas = document.querySelector('.u-wrap canvas');
    if (canvas === null || canvas.width === 0) return 0;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue, alpha] = data.subarray(i, i + 4);
      if (alpha > 150 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++;
    }
    return count;
  })()`);
  return Number(count);
}
