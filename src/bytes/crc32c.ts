/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step: table k is for a byte k bytes further on. */
const TABLES: Int32Array = makeTables();

/** 0x82f63b78 is the polynomial with its bits reversed. */
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256];
    tables[i] = (before >>> 8) ^ tables[before & 0xff];
  }
  return tables;
}

/** The checksum of `data[start..end)`, 0 to 2^32 - 1. */
export function crc32c(data: Uint8Array, start = 0, end: number = data.length): number {
  const tables = TABLES;
  let crc = -1;
  let i = start;
  for (const last = end - 8; i <= last; i += 8) {
    const low = crc ^ (data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24));
    crc =
      tables[0x700 + (low & 0xff)] ^
      tables[0x600 + ((low >>> 8) & 0xff)] ^
      tables[0x500 + ((low >>> 16) & 0xff)] ^
      tables[0x400 + (low >>> 24)] ^
      tables[0x300 + data[i + 4]] ^
      tables[0x200 + data[i + 5]] ^
      tables[0x100 + data[i + 6]] ^
      tables[data[i + 7]];
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ tables[(crc ^ data[i]) & 0xff];
  return ~crc >>> 0;
}
