import { readText } from './environment.ts';
import type { CgroupSettings } from './settings.ts';

/** What stays while the machine runs. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
  readonly kernelVersion: string;
  /** `Debian GNU/Linux 13 (trixie)` */
  readonly osVersion: string;
  readonly bootedMs: number;
}

/** Numbers are NaN, words '' where they cannot be read. */
export function readMachine({ procPath, sysPath, rootPath }: CgroupSettings): Machine {
  const stat = readText(`${procPath}/stat`) ?? '';
  const meminfo = readText(`${procPath}/meminfo`) ?? '';
  const release = readText(`${rootPath}/etc/os-release`) ?? '';
  return {
    cores: [...stat.matchAll(/^cpu\d+ /gm)].length || Number.NaN,
    memoryBytes: Number(/^MemTotal:\s+(\d+)/m.exec(meminfo)?.[1]) * 1024,
    machineId: word(`${rootPath}/etc/machine-id`),
    systemUuid: word(`${sysPath}/class/dmi/id/product_uuid`),
    bootId: word(`${procPath}/sys/kernel/random/boot_id`),
    kernelVersion: word(`${procPath}/sys/kernel/osrelease`),
    osVersion: /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? '',
    bootedMs: Number(/^btime (\d+)/m.exec(stat)?.[1]) * 1000,
  };
}

function word(path: string): string {
  return (readText(path) ?? '').trim();
}
