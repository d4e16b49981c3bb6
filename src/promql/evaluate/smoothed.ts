import type { VectorSelector } from '../parse/ast.ts';
import { type Evaluation, execution } from './evaluation.ts';
import type { Grid, Series } from './matrix.ts';

export function smoothInstants(
  _evaluation: Evaluation,
  _grid: Grid,
  _selector: VectorSelector,
): Series[] {
  throw execution('cannot evaluate smoothed selectors: they are not there yet');
}
