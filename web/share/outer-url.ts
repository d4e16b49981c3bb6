import { safeUrl as safeUrlOfPage } from '../dashboards/safe-url.ts';

export { withParams } from '../dashboards/safe-url.ts';

/** From a file only whole addresses lead anywhere; what is beside it on the disk is no business of its texts. */
export function safeUrl(text: string): string | undefined {
  const url = safeUrlOfPage(text, '');
  return url !== undefined && /^(?:https?:|mailto:)/i.test(url) ? url : undefined;
}
