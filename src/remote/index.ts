export * from './apply-write.ts';
export * from './decode-v1.ts';
export * from './decode-v2.ts';
export * from './receive-write.ts';
export * from './write-request.ts';
