import type { HostFiles } from './host-files.ts';

/** More than anybody has, but a pattern may match a whole disk. */
const DIRECTORIES_MAX = 100;

/** Directories as node_exporter takes them: `*` and `?` in a path stand for what is there. */
export async function expandDirectories(
  patterns: readonly string[],
  files: HostFiles,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    if (/[*?]/.test(pattern)) found.push(...(await expand(pattern, files)));
    else if (pattern !== '') found.push(pattern);
  }
  return found.slice(0, DIRECTORIES_MAX);
}

async function expand(pattern: string, files: HostFiles): Promise<readonly string[]> {
  let paths = [pattern.startsWith('/') ? '' : '.'];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    if (!/[*?]/.test(part)) {
      paths = paths.map((path) => `${path}/${part}`);
      continue;
    }
    const matches = partMatcher(part);
    const next: string[] = [];
    for (const path of paths) {
      const names = await files.listLater(path === '' ? '/' : path).catch(() => []);
      for (const name of names) if (matches.test(name)) next.push(`${path}/${name}`);
    }
    paths = next.slice(0, DIRECTORIES_MAX);
  }
  return paths;
}

function partMatcher(part: string): RegExp {
  const source = part
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`);
}
