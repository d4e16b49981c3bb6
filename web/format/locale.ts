/**
 * A locale that `Intl` accepts. Some systems report a POSIX locale such as `en-US@posix`, on which
 * every `Intl` constructor throws.
 */
export function safeLocale(reported: string | undefined): string {
  for (const candidate of [reported, reported?.split(/[@.]/)[0]?.replace('_', '-')]) {
    if (candidate !== undefined && isLocale(candidate)) return candidate;
  }
  return 'en-US';
}

function isLocale(candidate: string): boolean {
  try {
    return Intl.getCanonicalLocales(candidate).length === 1;
  } catch {
    return false;
  }
}

export const locale: string = safeLocale(
  typeof navigator === 'undefined' ? undefined : navigator.language,
);

/** uPlot hands `navigator.language` to `Intl` when it is loaded, so the guard must come before it. */
export function guardNavigatorLanguage(): void {
  if (navigator.language === locale) return;
  Object.defineProperty(navigator, 'language', { value: locale, configurable: true });
}
