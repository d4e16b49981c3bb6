export * from './snappy.ts';
export * from './byte-reader.ts';
export * from './byte-writer.ts';
export * from './crc32c.ts';
export * from './protobuf.ts';
export * from './string-cache.ts';
export * from './wasm-text.ts';
export * from './zstd.ts';
