export { compileSearch } from '#patterns';
