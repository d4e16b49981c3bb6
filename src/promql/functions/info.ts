import type { CallContext } from '../evaluate/call-context.ts';
import { execution } from '../evaluate/evaluation.ts';
import type { Value } from '../evaluate/matrix.ts';

export function info(_context: CallContext): Value {
  throw execution('cannot evaluate info(): it is not there yet');
}
