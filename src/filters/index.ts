export { applyFilters, type FilteredExpression, type LabelFilter } from './apply-filters.ts';
