import type { ProtobufReader } from '#bytes';

/** Columns that grow while a request is decoded. */
export class GrowingColumns {
  length = 0;
  timestampsMs: Float64Array = new Float64Array(1024);
  values: Float64Array = new Float64Array(1024);

  /** Reads a Sample message (value = 1, timestamp = 2; the same in both versions). */
  readSample(reader: ProtobufReader): void {
    if (this.length === this.values.length) this.grow();
    const row = this.length++;
    this.timestampsMs[row] = 0;
    this.values[row] = 0;
    const outerEnd = reader.enter();
    while (reader.next()) {
      if (reader.field === 1) reader.doubleInto(this.values, row);
      else if (reader.field === 2) this.timestampsMs[row] = reader.int64();
      else reader.skip();
    }
    reader.leave(outerEnd);
  }

  private grow(): void {
    const timestampsMs = new Float64Array(this.values.length * 2);
    timestampsMs.set(this.timestampsMs);
    const values = new Float64Array(this.values.length * 2);
    values.set(this.values);
    this.timestampsMs = timestampsMs;
    this.values = values;
  }
}
