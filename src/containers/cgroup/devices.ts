import { readText } from './environment.ts';

/** Devices whose names are remembered. */
const NAMES_MAX = 1024;

/** Names of block devices by `major:minor`, as the kernel has them. */
export class DeviceNames {
  readonly #sysPath: string;
  readonly #names = new Map<string, string>();

  constructor(sysPath: string) {
    this.#sysPath = sysPath;
  }

  /** `/dev/sda`; the number itself for a device that has gone. */
  name(number: string): string {
    const known = this.#names.get(number);
    if (known !== undefined) return known;
    const event = readText(`${this.#sysPath}/dev/block/${number}/uevent`) ?? '';
    const found = /^DEVNAME=(.+)$/m.exec(event)?.[1];
    const name = found === undefined ? number : `/dev/${found}`;
    if (this.#names.size >= NAMES_MAX) this.#names.clear();
    this.#names.set(number, name);
    return name;
  }
}
