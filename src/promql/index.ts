export * from './parse/ast.ts';
export * from './engine.ts';
export * from './options.ts';
export * from './result.ts';
