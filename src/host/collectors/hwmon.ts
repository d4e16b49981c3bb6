import { basename, dirname } from 'node:path';
import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import type { HostTree } from '../host-tree.ts';
import { labelSet } from '../page-text.ts';
import type { FamilyType, PageText } from '../page-text.ts';

const SENSOR_TYPES: ReadonlySet<string> = new Set([
  'vrm',
  'beep_enable',
  'update_interval',
  'in',
  'cpu',
  'fan',
  'pwm',
  'temp',
  'curr',
  'power',
  'energy',
  'humidity',
  'intrusion',
  'freq',
]);

export const hwmon: Collector = { name: 'hwmon', isDefault: true, open };

/** Values by element (`input`, `max`, ...), as they were read; '' where the file has none in its name. */
type Sensor = ReadonlyMap<string, string>;

interface Chip {
  readonly label: string;
  /** '' where there is none. */
  readonly humanName: string;
  /** By type and number: `temp1`. */
  readonly sensors: ReadonlyMap<string, Sensor>;
}

function open({ sys }: Host): Collect {
  return async (page) => {
    const names = sys.names('class/hwmon');
    if (names === undefined) throw new NoData('/sys/class/hwmon');
    const families = new Families();
    for (const name of names) {
      const chip = await readChip(sys.below(`class/hwmon/${name}`), name);
      addChip(families, chip);
    }
    families.write(page);
  };
}

async function readChip(folder: HostTree, name: string): Promise<Chip> {
  const written = cleanName((await folder.attributeLater('name')) ?? '');
  const sensors = new Map<string, Map<string, string>>();
  await readSensors(folder, sensors);
  // Old drivers have the files there.
  await readSensors(folder.below('device'), sensors);
  return { label: chipLabel(folder, written, name), humanName: written, sensors };
}

/** The device's place on its bus, since the number of a chip changes from start to start. */
function chipLabel(folder: HostTree, written: string, name: string): string {
  const device = folder.resolve('device');
  const place = device === undefined ? '' : cleanName(basename(device));
  const bus = device === undefined ? '' : cleanName(basename(dirname(device)));
  if (place !== '') return bus === '' ? place : `${bus}_${place}`;
  return written === '' ? cleanName(name) : written;
}

function cleanName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9:_]/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

async function readSensors(
  folder: HostTree,
  sensors: Map<string, Map<string, string>>,
): Promise<void> {
  for (const file of folder.names('') ?? []) {
    const { type, number, element } = splitFileName(file);
    if (!SENSOR_TYPES.has(type)) continue;
    const value = await folder.attributeLater(file);
    if (value === undefined) continue;
    const key = `${type}${number}`;
    const sensor = sensors.get(key) ?? new Map<string, string>();
    sensor.set(element, value);
    sensors.set(key, sensor);
  }
}

/** `temp1_crit_alarm` is a temp, number 1, element crit_alarm. */
function splitFileName(file: string): { type: string; number: number; element: string } {
  if (SENSOR_TYPES.has(file)) return { type: file, number: 0, element: '' };
  const match = /^([^0-9]+)(\d*)(?:_(.+))?$/.exec(file);
  if (match === null) return { type: '', number: 0, element: '' };
  return { type: match[1] ?? '', number: Number(match[2] ?? 0), element: match[3] ?? '' };
}

/** Samples of many chips, to be written by family. */
class Families {
  readonly #families = new Map<
    string,
    { type: FamilyType; help: string; samples: Map<string, number> }
  >();

  add(name: string, help: string, labels: string, value: number): void {
    const family = this.#families.get(name) ?? {
      type: name.endsWith('_total') ? 'counter' : 'gauge',
      help,
      samples: new Map<string, number>(),
    };
    family.samples.set(labels, value);
    this.#families.set(name, family);
  }

  write(page: PageText): void {
    for (const name of [...this.#families.keys()].toSorted()) {
      const family = this.#families.get(name);
      if (family === undefined) continue;
      page.family(name, family.type, family.help);
      for (const [labels, value] of family.samples) page.sample(labels, value);
    }
  }
}

function addChip(families: Families, { label, humanName, sensors }: Chip): void {
  if (humanName !== '') {
    families.add(
      'node_hwmon_chip_names',
      'Annotation metric for human-readable chip names',
      labelSet([
        ['chip', label],
        ['chip_name', humanName],
      ]),
      1,
    );
  }
  for (const [sensor, elements] of sensors) {
    const type = sensor.replace(/\d+$/, '');
    const written = elements.get('label');
    if (written !== undefined && written !== '') {
      families.add(
        'node_hwmon_sensor_label',
        'Label for given chip and sensor',
        labelSet([
          ['chip', label],
          ['label', written],
          ['sensor', sensor],
        ]),
        1,
      );
    }
    const labels = labelSet([
      ['chip', label],
      ['sensor', sensor],
    ]);
    for (const [element, text] of elements) {
      if (element === 'label') continue;
      const value = Number(text);
      if (text === '' || Number.isNaN(value)) continue;
      const { name, help, factor } = describe(type, element, elements.has(''));
      families.add(name, help, labels, value / factor);
    }
  }
}

interface Reading {
  readonly name: string;
  readonly help: string;
  /** By which the number is divided. */
  readonly factor: number;
}

/** What has one value for a chip, and elements without a unit. */
function describe(type: string, element: string, hasBareValue: boolean): Reading {
  if (type === 'beep_enable') return reading('node_hwmon_beep_enabled', 'Hardware beep enabled', 1);
  if (type === 'vrm')
    return reading('node_hwmon_voltage_regulator_version', 'Hardware voltage regulator', 1);
  if (type === 'update_interval')
    return reading('node_hwmon_update_interval_seconds', 'Hardware monitor update interval', 1000);
  const prefix = `node_hwmon_${type}`;
  // `input` is the value itself.
  const isBare = element === '' || (element === 'input' && !hasBareValue);
  const name = isBare ? prefix : `${prefix}_${cleanName(element)}`;
  if (element === 'fault' || element === 'alarm')
    return reading(name, `Hardware sensor ${element} status (${type})`, 1);
  if (element === 'beep')
    return reading(`${name}_enabled`, 'Hardware monitor sensor has beeping enabled', 1);
  return describeWithUnit(type, element, name);
}

function describeWithUnit(type: string, element: string, name: string): Reading {
  const plain = reading(name, `Hardware monitor ${type} element ${element}`, 1);
  switch (type) {
    case 'in':
    case 'cpu':
      return reading(`${name}_volts`, `Hardware monitor for voltage (${element})`, 1000);
    case 'temp':
      if (element === 'type') return plain;
      return reading(`${name}_celsius`, `Hardware monitor for temperature (${element})`, 1000);
    case 'curr':
      return reading(`${name}_amps`, `Hardware monitor for current (${element})`, 1000);
    case 'energy':
      return reading(
        `${name}_joule_total`,
        `Hardware monitor for joules used so far (${element})`,
        1e6,
      );
    case 'power':
      return describePower(element, name);
    case 'humidity':
      return reading(
        name,
        `Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage) (${element})`,
        1e6,
      );
    case 'fan':
      if (!['input', 'min', 'max', 'target'].includes(element)) return plain;
      return reading(
        `${name}_rpm`,
        `Hardware monitor for fan revolutions per minute (${element})`,
        1,
      );
    case 'freq':
      if (element !== 'input') return plain;
      return reading(`${name}_freq_mhz`, 'Hardware monitor for GPU frequency in MHz', 1e6);
    default:
      return plain;
  }
}

function describePower(element: string, name: string): Reading {
  if (element === 'accuracy')
    return reading(name, 'Hardware monitor power meter accuracy, as a ratio', 1e6);
  if (/^average_interval(?:_min|_max)?$/.test(element))
    return reading(
      `${name}_seconds`,
      `Hardware monitor power usage update interval (${element})`,
      1000,
    );
  return reading(`${name}_watt`, `Hardware monitor for power usage in watts (${element})`, 1e6);
}

function reading(name: string, help: string, factor: number): Reading {
  return { name, help, factor };
}
