import { RingProgress } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/Icon.tsx';
import { formatCount } from '../format/numbers.ts';
import { PoolConfigButton } from './PoolConfig.tsx';
import type { TargetGroup } from './target-groups.ts';

interface PoolHeadingProps {
  readonly group: TargetGroup;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function PoolHeading({ group, isOpen, onToggle }: PoolHeadingProps): ReactElement {
  const { pool, upCount, totalCount, shown } = group;
  const health =
    totalCount === 0 ? 'none' : upCount === totalCount ? 'up' : upCount === 0 ? 'down' : 'some';
  return (
    <h2 className="nx-pool">
      <button type="button" className="nx-pool-toggle" aria-expanded={isOpen} onClick={onToggle}>
        <span className="nx-pool-arrow" data-open={isOpen}>
          <Icon name="chevronRight" size={18} />
        </span>
        <RingProgress
          size={30}
          thickness={4}
          roundCaps
          aria-hidden="true"
          rootColor={health === 'down' ? 'var(--nx-bad)' : 'var(--nx-line)'}
          sections={
            upCount === 0
              ? []
              : [
                  {
                    value: (upCount / totalCount) * 100,
                    color: health === 'up' ? 'var(--nx-good)' : 'var(--nx-warn)',
                  },
                ]
          }
        />
        <span className="nx-pool-name">{pool}</span>
        <span className="nx-pool-count nx-number" data-health={health}>
          {totalCount === 0
            ? 'no targets'
            : `${formatCount(upCount)} / ${formatCount(totalCount)} up`}
        </span>
        {shown.length < totalCount && (
          <span className="nx-quiet nx-number">{formatCount(shown.length)} shown</span>
        )}
      </button>
      <PoolConfigButton pool={pool} />
    </h2>
  );
}
