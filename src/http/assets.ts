import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the web page. */
export interface Asset {
  readonly contentType: string;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly immutable: boolean;
  /** Read when it is asked for first, then held in memory. Rejects with the disk's error. */
  readonly content: () => Promise<AssetContent>;
}

export interface AssetContent {
  readonly bytes: Buffer;
  /** Absent where compressing gains nothing. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
}

/** By path below the page's root, with `/` between its parts. A path that is not in here does not exist. */
export type Assets = ReadonlyMap<string, Asset>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.map', '.svg', '.txt']);

/** Lists all files once, so that no request ever names a file. Empty where the directory is not there. */
export async function listAssets(dir: string): Promise<Assets> {
  const assets = new Map<string, Asset>();
  for (const path of await filesBelow(dir)) {
    assets.set(path.split(sep).join('/'), assetAt(dir, path));
  }
  return assets;
}

async function filesBelow(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`cannot read the web page in ${dir}`, { cause: error });
  }
}

const gzipLater = promisify(gzip);

function assetAt(dir: string, path: string): Asset {
  const extension = extname(path);
  let loading: Promise<AssetContent> | undefined;
  return {
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    immutable: path.startsWith(`assets${sep}`),
    content: async () => {
      loading ??= readContent(join(dir, path), COMPRESSED.has(extension));
      try {
        return await loading;
      } catch (error) {
        // The next one tries again.
        loading = undefined;
        throw error;
      }
    },
  };
}

async function readContent(path: string, isCompressed: boolean): Promise<AssetContent> {
  const bytes = await readFile(path);
  const gzipped = isCompressed ? await gzipLater(bytes, { level: 9 }) : undefined;
  return {
    bytes,
    gzipped: gzipped !== undefined && gzipped.length < bytes.length ? gzipped : undefined,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
  };
}
