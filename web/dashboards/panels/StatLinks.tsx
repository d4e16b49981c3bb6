import type { ReactElement } from 'react';
import type { ValueLink } from './StatValues.ts';

/** What a value leads to. One link covers its cell; of several each has its name. */
export function StatLinks({
  links,
}: {
  readonly links: readonly ValueLink[];
}): ReactElement | null {
  const [first] = links;
  if (first === undefined) return null;
  if (links.length === 1) {
    return (
      <a className="nx-stat-cover" {...attributesOf(first)} title={first.title}>
        <span className="nx-hidden">{first.title}</span>
      </a>
    );
  }
  return (
    <span className="nx-stat-links">
      {links.map((link, index) => (
        // eslint-disable-next-line react/no-array-index-key
        <a key={index} {...attributesOf(link)}>
          {link.title}
        </a>
      ))}
    </span>
  );
}

export function attributesOf({ href, opensNewTab }: ValueLink): {
  href: string;
  target?: string;
  rel?: string;
} {
  return opensNewTab ? { href, target: '_blank', rel: 'noopener noreferrer' } : { href };
}
