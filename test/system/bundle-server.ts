import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** So that what is started here is what the sources say, also where only the compiler has run. */
export function setup(): void {
  if (process.env['NARTHEX_IS_BUILT'] === '1') return;
  const script = fileURLToPath(new URL('../../scripts/bundle.mjs', import.meta.url));
  execFileSync(process.execPath, [script, 'server']);
}
