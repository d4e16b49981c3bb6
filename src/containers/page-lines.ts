import type { DeviceNames } from './cgroup/devices.ts';
import type { Measurement, NamedNumbers } from './cgroup/measurement.ts';
import type { Container } from './container.ts';
import { labelText } from './page-writer.ts';
import { seriesLabels } from './series-labels.ts';
import type { SeriesLabelOptions } from './series-labels.ts';

const encoder = new TextEncoder();

/** The text of labels that a container's lines carry, made once and kept while it is unchanged. */
export class LineLabels {
  bytes: Uint8Array = new Uint8Array(0);
  /** By interface, with a comma before it: `,interface="eth0"`. */
  interfaces: readonly Uint8Array[] = [];
  /** By device. */
  devices: readonly Uint8Array[] = [];
  /** By device, for reading and then for writing. */
  operations: readonly (readonly [Uint8Array, Uint8Array])[] = [];
  #container: Container | undefined;
  #cgroupPath = '';
  #network: NamedNumbers | undefined;
  #networkVersion = -1;
  #blockIo: NamedNumbers | undefined;
  #blockIoVersion = -1;

  /** For the host, whose labels never change. */
  setText(text: string): void {
    this.bytes = encoder.encode(text);
  }

  follow(container: Container, options: SeriesLabelOptions, cgroupPath: string): void {
    if (this.#container === container && this.#cgroupPath === cgroupPath) return;
    this.#container = container;
    this.#cgroupPath = cgroupPath;
    this.setText(labelText(seriesLabels(container, options, cgroupPath)));
  }

  followNames({ network, blockIo }: Measurement, devices: DeviceNames): void {
    if (this.#network !== network || this.#networkVersion !== network.version) {
      this.#network = network;
      this.#networkVersion = network.version;
      this.interfaces = network.names.map((name) => further([['interface', name]]));
    }
    if (this.#blockIo !== blockIo || this.#blockIoVersion !== blockIo.version) {
      this.#blockIo = blockIo;
      this.#blockIoVersion = blockIo.version;
      this.#nameDevices(blockIo.names, devices);
    }
  }

  #nameDevices(numbers: readonly string[], devices: DeviceNames): void {
    this.devices = numbers.map((number) => further([['device', devices.name(number)]]));
    this.operations = numbers.map((number) => {
      const [major = '', minor = ''] = number.split(':');
      const labels = [
        ['device', devices.name(number)],
        ['major', major],
        ['minor', minor],
      ] as const;
      return [
        further([...labels, ['operation', 'Read']]),
        further([...labels, ['operation', 'Write']]),
      ];
    });
  }
}

/** Labels that stand behind others. */
export function further(labels: Iterable<readonly [name: string, value: string]>): Uint8Array {
  return encoder.encode(`,${labelText(labels)}`);
}
