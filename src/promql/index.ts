export * from './parse/ast.ts';
