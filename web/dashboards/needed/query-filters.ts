export { applyFilters } from '#filters';
