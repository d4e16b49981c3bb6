/** Where the host's files are seen from here, and how much of them is kept. */
export interface CgroupSettings {
  /** The host's /proc: `/proc`, or `/host/proc` in a container. */
  readonly procPath: string;
  /** The host's /sys. */
  readonly sysPath: string;
  /** The host's root directory. */
  readonly rootPath: string;
  /** Where the hierarchies of control groups are mounted: below `sysPath` unless told otherwise. */
  readonly cgroupPath?: string;
  /** Files of the kernel that are kept open; a container takes some twelve. */
  readonly openFilesMax: number;
  /** CPU time of each CPU, which version 1 alone tells. */
  readonly perCpu: boolean;
}

export const DEFAULT_CGROUP_SETTINGS: CgroupSettings = {
  procPath: '/proc',
  sysPath: '/sys',
  rootPath: '/',
  openFilesMax: 4096,
  perCpu: false,
};
