/** Why nothing is scraped, where no label and no port decides. */
export const BECAUSE_OURSELVES = 'it is Narthex itself, which has a job of its own';
export const BECAUSE_TOO_MANY = 'there are too many targets';

/** Why a container's own metrics are scraped, or not. */
export interface Choice {
  readonly kind: 'chosen' | 'asking' | 'none';
  /** What decided: `narthex.port="9102"`, `no port is exposed`, ... */
  readonly because: string;
  /** Of each port that was looked at, what was found; in words. */
  readonly ports: readonly { readonly port: number; readonly finding: string }[];
  /** Labels that could not be read. */
  readonly problems: readonly string[];
}
