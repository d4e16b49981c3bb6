import { Tooltip } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { IconButton } from '../../../components/IconButton.tsx';

interface OptionRowProps {
  readonly name: string;
  readonly help: string;
  /** The control needs the whole width. */
  readonly isWide?: boolean;
  /** Takes what the file says out of it; undefined where it says nothing. */
  readonly onReset?: (() => void) | undefined;
  readonly resetLabel?: string;
  readonly children: ReactNode;
}

/** An option with its name, its help and the way back to what is usual. */
export function OptionRow(props: OptionRowProps): ReactElement {
  const { name, help, isWide = false, onReset, children } = props;
  const { resetLabel = `${name} as usual` } = props;
  return (
    <div className="nx-pe-option" data-wide={isWide} data-set={onReset !== undefined}>
      <Tooltip label={help} multiline maw={280} position="left" disabled={help === ''}>
        <span className="nx-pe-option-name">{name}</span>
      </Tooltip>
      <div className="nx-pe-option-control">{children}</div>
      <span className="nx-pe-option-reset">
        {onReset !== undefined && (
          <IconButton icon="close" label={resetLabel} size={22} onClick={onReset} />
        )}
      </span>
    </div>
  );
}
