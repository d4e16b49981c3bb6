import type { Collector } from './host.ts';
import { arp } from './collectors/arp.ts';
import { bonding } from './collectors/bonding.ts';
import { buddyinfo } from './collectors/buddyinfo.ts';
import { conntrack } from './collectors/conntrack.ts';
import { cpu } from './collectors/cpu.ts';
import { cpuInfo } from './collectors/cpu-info.ts';
import { cpufreq } from './collectors/cpufreq.ts';
import { diskstats } from './collectors/diskstats.ts';
import { dmi } from './collectors/dmi.ts';
import { edac } from './collectors/edac.ts';
import { entropy } from './collectors/entropy.ts';
import { filefd } from './collectors/filefd.ts';
import { filesystem } from './collectors/filesystem.ts';
import { hwmon } from './collectors/hwmon.ts';
import { interrupts } from './collectors/interrupts.ts';
import { kernelHung } from './collectors/kernel-hung.ts';
import { loadavg } from './collectors/loadavg.ts';
import { mdadm } from './collectors/mdadm.ts';
import { meminfo } from './collectors/meminfo.ts';
import { netclass } from './collectors/netclass.ts';
import { netdev } from './collectors/netdev.ts';
import { netstat } from './collectors/netstat.ts';
import { nvme } from './collectors/nvme.ts';
import { os } from './collectors/os.ts';
import { powerSupplyClass } from './collectors/power-supply-class.ts';
import { pressure } from './collectors/pressure.ts';
import { processes } from './collectors/processes.ts';
import { rapl } from './collectors/rapl.ts';
import { schedstat } from './collectors/schedstat.ts';
import { selinux } from './collectors/selinux.ts';
import { sockstat } from './collectors/sockstat.ts';
import { softirqs } from './collectors/softirqs.ts';
import { softnet } from './collectors/softnet.ts';
import { stat } from './collectors/stat.ts';
import { tcpstat } from './collectors/tcpstat.ts';
import { textfile } from './collectors/textfile.ts';
import { thermalZone } from './collectors/thermal-zone.ts';
import { time } from './collectors/time.ts';
import { udpQueues } from './collectors/udp-queues.ts';
import { uname } from './collectors/uname.ts';
import { vmstat } from './collectors/vmstat.ts';
import { watchdog } from './collectors/watchdog.ts';

/** In the order of the page. */
export const COLLECTORS: readonly Collector[] = [
  // Who the machine is.
  time,
  uname,
  os,
  dmi,

  // What its processors do, and what waits for them.
  cpu,
  cpuInfo,
  cpufreq,
  loadavg,
  stat,
  schedstat,
  pressure,
  interrupts,
  softirqs,
  processes,
  kernelHung,

  // Memory.
  meminfo,
  vmstat,
  buddyinfo,

  // Disks and what is on them.
  diskstats,
  filesystem,
  filefd,
  mdadm,
  nvme,

  // The network, from the wire to the sockets.
  netdev,
  netclass,
  bonding,
  softnet,
  arp,
  netstat,
  conntrack,
  sockstat,
  tcpstat,
  udpQueues,

  // The hardware's health.
  hwmon,
  thermalZone,
  powerSupplyClass,
  rapl,
  edac,
  watchdog,

  // What the kernel keeps for others.
  entropy,
  selinux,

  // What others have written down.
  textfile,
];
