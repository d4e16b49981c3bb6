import { DashboardError } from './dashboard-error.ts';

/** Signs of a folder's or a file's name; file systems take 255 bytes. */
const NAME_LENGTH_MAX = 60;
const FOLDER_DEPTH_MAX = 8;
const UID_LENGTH_MAX = 200;

/** `Docker Containers` as `docker-containers`; `dashboard` where nothing is left. */
export function slugOf(title: string): string {
  const plain = title.normalize('NFKD').replaceAll(/\p{M}+/gu, '');
  const slug = plain
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  const short = Array.from(slug).slice(0, NAME_LENGTH_MAX).join('').replace(/-$/, '');
  return short === '' ? 'dashboard' : short;
}

// oxlint-disable-next-line no-control-regex -- these are what must not be in a name
const FORBIDDEN = /[\u0000-\u001f\u007f\\:*?"<>|]/;

/** A folder as it is kept: parts with `/` between them, '' for none. Throws DashboardError. */
export function checkFolder(folder: string): string {
  const parts = folder
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const refuse = (reason: string): never => {
    const shown = JSON.stringify(folder.slice(0, 100));
    throw new DashboardError('bad_data', `cannot keep a dashboard in folder ${shown}: ${reason}`);
  };
  if (parts.length > FOLDER_DEPTH_MAX) refuse(`more than ${FOLDER_DEPTH_MAX} levels`);
  for (const part of parts) {
    if (part.startsWith('.')) refuse('a name may not begin with a dot');
    if (FORBIDDEN.test(part)) refuse('it has signs that file names may not have');
    if (Array.from(part).length > NAME_LENGTH_MAX)
      refuse(`a name of more than ${NAME_LENGTH_MAX} signs`);
  }
  return parts.join('/');
}

/** Whether a text can be the name of a dashboard's file. */
export function isFileName(name: string): boolean {
  return /^[^./][^/]*\.json$/.test(name) && !FORBIDDEN.test(name);
}

/** Whether a uid can be one: a file may say anything. */
export function isUid(uid: unknown): uid is string {
  if (typeof uid !== 'string' || uid === '' || uid.length > UID_LENGTH_MAX) return false;
  return uid.trim() === uid && !FORBIDDEN.test(uid) && !/\p{Surrogate}/u.test(uid);
}

/** A uid as the name of a directory, different for each. */
export function dirNameOfUid(uid: string): string {
  const safe = encodeURIComponent(uid).replaceAll('.', '%2E');
  return safe.length <= UID_LENGTH_MAX ? safe : `${safe.slice(0, 150)}-${checksumOf(uid)}`;
}

/** FNV-1a of 53 bits would be too many words: two of 32 bits with different beginnings. */
function checksumOf(text: string): string {
  return [0x811c9dc5, 0x01000193].map((start) => fnv(text, start).toString(16)).join('');
}

function fnv(text: string, start: number): number {
  let hash = start;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
