import { instantFunctions } from '../functions/instant-functions.ts';
import { type CallContext } from './call-context.ts';
import { execution } from './evaluation.ts';
import type { Value } from './matrix.ts';

/** A call without a range vector among its arguments. */
export function evaluateInstantCall(context: CallContext): Value {
  const run = instantFunctions[context.call.func];
  if (run === undefined) throw execution(`unknown function ${context.call.func}`);
  return run(context);
}
