import { Progress } from '@mantine/core';
import type { ReactElement } from 'react';
import { Mark } from '../components/Mark.tsx';
import { formatCount } from '../format/numbers.ts';
import { useWalReplay } from './server-watch.ts';

/** Shown while the server reads its write-ahead log. */
export function StartupSplash(): ReactElement {
  const replay = useWalReplay();
  const total = replay === undefined ? 0 : replay.max - replay.min + 1;
  const done = replay === undefined ? 0 : Math.max(replay.current - replay.min + 1, 0);
  const percent = total > 0 ? Math.min((done / total) * 100, 100) : 0;
  return (
    <div className="nx-splash" role="status">
      <Mark size={72} />
      <h1>Starting up</h1>
      <p>The write-ahead log is being replayed. The page opens by itself when it is done.</p>
      <Progress
        value={percent}
        animated={percent < 100}
        aria-label="Replay of the write-ahead log"
        w="min(420px, 80vw)"
      />
      {total > 0 && (
        <p className="nx-quiet nx-number">
          segment {formatCount(done)} of {formatCount(total)}
        </p>
      )}
    </div>
  );
}
