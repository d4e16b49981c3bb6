import { MemoryDisk } from '#platform';

/** Keeps how it stood before each change, as a process that dies then leaves it. */
export class RecordingDisk extends MemoryDisk {
  isRecording = false;
  readonly snapshots: MemoryDisk[] = [];

  override append(path: string, data: Uint8Array): void {
    this.#record();
    super.append(path, data);
  }

  override rename(from: string, to: string): void {
    this.#record();
    super.rename(from, to);
  }

  override remove(path: string): void {
    this.#record();
    super.remove(path);
  }

  #record(): void {
    if (this.isRecording) this.snapshots.push(this.copy());
  }
}
