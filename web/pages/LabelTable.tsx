import type { ReactElement } from 'react';
import type { LabelObject } from '#contract';
import { Icon, type IconName } from '../components/Icon.tsx';

interface LabelTableProps {
  readonly labels: LabelObject;
  /** The labels one step earlier: what differs is marked. */
  readonly before?: LabelObject;
}

type Change = 'added' | 'changed' | 'removed' | 'same';

const ICONS: Readonly<Record<Exclude<Change, 'same'>, IconName>> = {
  added: 'add',
  changed: 'steps',
  removed: 'minus',
};

export function LabelTable({ labels, before }: LabelTableProps): ReactElement {
  const names = [...new Set([...Object.keys(labels), ...Object.keys(before ?? {})])].toSorted();
  if (names.length === 0) return <p className="nx-quiet">No labels.</p>;
  return (
    <table className="nx-label-table">
      <tbody>
        {names.map((name) => {
          const change = changeOf(labels[name], before, name);
          return (
            <tr key={name} data-change={change}>
              <th scope="row">
                {change !== 'same' && (
                  <>
                    <Icon name={ICONS[change]} size={14} />
                    <span className="nx-hidden">{change}</span>
                  </>
                )}
                {name}
              </th>
              <td>{labels[name] ?? before?.[name]}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function changeOf(
  value: string | undefined,
  before: LabelObject | undefined,
  name: string,
): Change {
  if (before === undefined || before[name] === value) return 'same';
  if (before[name] === undefined) return 'added';
  return value === undefined ? 'removed' : 'changed';
}
