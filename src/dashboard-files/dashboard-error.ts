import { CodedError } from '#platform';

/**
 * `bad_data`: what was given is no dashboard, or its name cannot be one. `conflict`: another change came first.
 * `read_only`: the dashboard is not one that can be changed here. `too_large`: a limit is reached.
 */
export type DashboardErrorCode =
  | 'bad_data'
  | 'not_found'
  | 'conflict'
  | 'read_only'
  | 'too_large'
  | 'unwritten';

/** Why a dashboard cannot be given, kept or changed. */
export class DashboardError extends CodedError<DashboardErrorCode> {
  override readonly name = 'DashboardError';
}
