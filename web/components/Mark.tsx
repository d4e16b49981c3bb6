import type { ReactElement } from 'react';

/** A fennel stalk (the narthex) with the ember it carries. */
export function Mark({ size = 28 }: { readonly size?: number }): ReactElement {
  return (
    <svg className="nx-mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <g fill="none" className="nx-mark-stalk" strokeLinecap="round" strokeWidth="1.9">
        <path d="M16 30.5 C16 25 16 21 16 16" strokeWidth="2.6" />
        <path d="M16 20 L5.6 12.6 M16 18.5 L9.6 7.2 M16 18.5 L22.4 7.2 M16 20 L26.4 12.6" />
      </g>
      <g className="nx-mark-seeds">
        <circle cx="5" cy="12" r="2.1" />
        <circle cx="9.2" cy="6" r="2.1" />
        <circle cx="22.8" cy="6" r="2.1" />
        <circle cx="27" cy="12" r="2.1" />
      </g>
      <circle cx="16" cy="11" r="5.2" className="nx-mark-ember" />
      <circle cx="15.2" cy="10" r="2.3" className="nx-mark-glow" />
    </svg>
  );
}
