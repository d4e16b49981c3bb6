/** What stands in the built viewer where a file's own things come; scripts/page-build.mjs writes it. */
const PLACES = {
  nonceOfPolicy: 'NARTHEX-NONCE-OF-POLICY',
  title: 'NARTHEX-TITLE',
  nonceOfStyle: 'NARTHEX-NONCE-OF-STYLE',
  data: 'NARTHEX-DATA',
} as const;

/** What mail servers still take. */
export const SHARED_FILE_BYTES_MAX = 25_000_000;

/** A file that is larger than what can be sent to somebody. */
export class SharedFileSizeError extends Error {
  readonly code = 'shared_file_too_large';

  constructor(bytes: number) {
    super(
      `cannot put the dashboard into one file: it would have ${megabytes(bytes)}, at most ${megabytes(SHARED_FILE_BYTES_MAX)}; choose a shorter time, or fewer series`,
    );
    this.name = 'SharedFileSizeError';
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

interface SharedFile {
  /** Of the browser's tab. */
  readonly title: string;
  /** Base64, of 16 random bytes: styles without it are not applied. */
  readonly nonce: string;
  /** Base64, of the gzipped JSON of a DashboardSnapshot. */
  readonly data: string;
}

/** One HTML document without anything outside of it. Throws SharedFileSizeError. */
export function writeSharedFile(viewer: string, { title, nonce, data }: SharedFile): string {
  if (!/^[A-Za-z0-9+/=]*$/.test(nonce + data)) throw new Error('BUG: data that are not Base64');
  const bytes = viewer.length + data.length;
  if (bytes > SHARED_FILE_BYTES_MAX) throw new SharedFileSizeError(bytes);
  const values: Readonly<Record<keyof typeof PLACES, string>> = {
    nonceOfPolicy: nonce,
    title: escapeHtml(title),
    nonceOfStyle: nonce,
    data,
  };
  // Each place once, from the beginning: nothing that was filled in is looked through again.
  let rest = viewer;
  let written = '';
  for (const [name, place] of Object.entries(PLACES)) {
    const at = rest.indexOf(place);
    if (at < 0) throw new Error(`BUG: the viewer of shared files has no ${place}`);
    written += rest.slice(0, at) + values[name as keyof typeof PLACES];
    rest = rest.slice(at + place.length);
  }
  return written + rest;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
