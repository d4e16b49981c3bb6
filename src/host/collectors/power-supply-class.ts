import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { numberOf } from '../host-tree.ts';
import { labelSet, oneLabel } from '../page-text.ts';

/** Files, by what their numbers are divided, and their names where those differ. */
const FIELDS: readonly (readonly [per: number, files: readonly (string | [string, string])[]])[] = [
  [
    1,
    [
      'authentic',
      'calibrate',
      'capacity',
      'capacity_alert_max',
      'capacity_alert_min',
      ['cycle_count', 'cyclecount'],
      'online',
      'present',
      ['time_to_empty_now', 'time_to_empty_seconds'],
      ['time_to_full_now', 'time_to_full_seconds'],
    ],
  ],
  [
    1e6,
    [
      'charge_control_limit',
      'charge_control_limit_max',
      'charge_counter',
      'charge_empty',
      'charge_empty_design',
      'charge_full',
      'charge_full_design',
      ['charge_now', 'charge_ampere'],
      'charge_term_current',
      'constant_charge_current',
      'constant_charge_current_max',
      'constant_charge_voltage',
      'constant_charge_voltage_max',
      'current_boot',
      'current_max',
      ['current_now', 'current_ampere'],
      'energy_empty',
      'energy_empty_design',
      'energy_full',
      'energy_full_design',
      ['energy_now', 'energy_watthour'],
      'input_current_limit',
      ['power_now', 'power_watt'],
      'precharge_current',
      'voltage_boot',
      'voltage_max',
      'voltage_max_design',
      'voltage_min',
      'voltage_min_design',
      ['voltage_now', 'voltage_volt'],
      'voltage_ocv',
    ],
  ],
  [
    10,
    [
      ['temp', 'temp_celsius'],
      ['temp_alert_max', 'temp_alert_max_celsius'],
      ['temp_alert_min', 'temp_alert_min_celsius'],
      ['temp_ambient', 'temp_ambient_celsius'],
      ['temp_ambient_alert_max', 'temp_ambient_max_celsius'],
      ['temp_ambient_alert_min', 'temp_ambient_min_celsius'],
      ['temp_max', 'temp_max_celsius'],
      ['temp_min', 'temp_min_celsius'],
    ],
  ],
];

const INFO_FILES = [
  'capacity_level',
  'charge_type',
  'health',
  'manufacturer',
  'model_name',
  'serial_number',
  'status',
  'technology',
  'type',
  'usb_type',
  'scope',
];

export const powerSupplyClass: Collector = { name: 'powersupplyclass', isDefault: true, open };

function open({ sys }: Host): Collect {
  return async (page) => {
    const names = sys.names('class/power_supply');
    if (names === undefined) throw new NoData('/sys/class/power_supply');
    const supplies = names.map((name) => ({
      name,
      labels: oneLabel('power_supply', name),
      folder: sys.below(`class/power_supply/${name}`),
      files: new Set(sys.names(`class/power_supply/${name}`)),
    }));
    for (const [per, files] of FIELDS) {
      for (const one of files) {
        const [file, name] = typeof one === 'string' ? [one, one] : one;
        page.family(
          `node_power_supply_${name}`,
          'gauge',
          `${name} value of /sys/class/power_supply/<power_supply>.`,
        );
        for (const supply of supplies) {
          if (!supply.files.has(file)) continue;
          const value = numberOf(await supply.folder.attributeLater(file));
          if (value !== undefined) page.sample(supply.labels, value / per);
        }
      }
    }
    page.family(
      'node_power_supply_info',
      'gauge',
      'info of /sys/class/power_supply/<power_supply>.',
    );
    for (const { name, folder, files } of supplies) {
      const pairs: [string, string][] = [['power_supply', name]];
      for (const file of INFO_FILES) {
        const value = files.has(file) ? await folder.attributeLater(file) : undefined;
        if (value !== undefined && value !== '') pairs.push([file, value]);
      }
      page.sample(labelSet(pairs), 1);
    }
  };
}
