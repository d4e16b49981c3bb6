import { type ReactElement, useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';
import { IconButton } from './IconButton.tsx';

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
  readonly size?: number;
}

const ANSWER_SHOWN_MS = 1500;

export function CopyButton({ text, label = 'Copy', size = 30 }: CopyButtonProps): ReactElement {
  const [answer, setAnswer] = useState<'copied' | 'failed' | undefined>(undefined);
  useEffect(() => {
    if (answer === undefined) return undefined;
    const timer = window.setTimeout(() => setAnswer(undefined), ANSWER_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [answer]);
  const copy = (): void => {
    void copyText(text).then((isCopied) => setAnswer(isCopied ? 'copied' : 'failed'));
  };
  const shown = answer === 'copied' ? 'Copied' : answer === 'failed' ? 'Cannot copy' : label;
  return (
    <IconButton
      icon={answer === 'copied' ? 'check' : 'copy'}
      label={shown}
      size={size}
      onClick={copy}
    />
  );
}
