import { readFileSync } from 'node:fs';
import { hostname, machine, release, type, version } from 'node:os';
import type { SystemName } from './host.ts';

/** What collectors ask of the system beside its files. */
export interface SystemFacts {
  readonly name: SystemName;
  readonly timeZone: () => { readonly name: string; readonly offsetSeconds: number };
  readonly pageBytes: number;
  /** As Go calls it: `amd64`. */
  readonly architecture: string;
}

const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

export function systemFacts(): SystemFacts {
  return {
    name: {
      system: type(),
      release: release(),
      version: version(),
      machine: machine(),
      host: hostname(),
    },
    timeZone,
    pageBytes: pageBytes(),
    architecture: GO_ARCHITECTURES[process.arch] ?? process.arch,
  };
}

/** Made once: it takes a millisecond. */
const ZONE_NAMES = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });

function timeZone(): { name: string; offsetSeconds: number } {
  const now = new Date();
  const offsetSeconds = -now.getTimezoneOffset() * 60;
  const name =
    ZONE_NAMES.formatToParts(now).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return { name, offsetSeconds: offsetSeconds === 0 ? 0 : offsetSeconds };
}

/** Number of the entry of the auxiliary vector that tells it (getauxval(3)). */
const AT_PAGESZ = 6n;
const ENTRY_BYTES = 16;
const PAGE_BYTES_USUAL = 4096;

/** The kernel gives it to each program that it starts. */
function pageBytes(): number {
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + ENTRY_BYTES <= vector.length; at += ENTRY_BYTES) {
      if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // Not readable in some sandboxes.
  }
  return PAGE_BYTES_USUAL;
}
