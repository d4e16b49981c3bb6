import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactElement, Ref } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does: the accessible name and the tooltip. */
  readonly label: string;
  readonly onClick?: () => void;
  readonly disabled?: boolean;
  readonly size?: number;
  readonly variant?: 'subtle' | 'default';
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton(props: IconButtonProps): ReactElement {
  const { icon, label, size = 34, variant = 'subtle', ...button } = props;
  return (
    <Tooltip label={label}>
      <ActionIcon {...button} variant={variant} color="gray" size={size} aria-label={label}>
        <Icon name={icon} size={Math.round(size * 0.54)} />
      </ActionIcon>
    </Tooltip>
  );
}
