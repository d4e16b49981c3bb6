import { postForStream } from '../api/client.ts';
import { readLines } from '../api/read-lines.ts';
import { readEvents, type StreamEvent } from './event-lines.ts';
import { LiveConnection } from './live-connection.ts';

/** The page's connection for its live queries; it connects once there is one. */
export function openLiveConnection(): LiveConnection {
  return new LiveConnection({
    open: openStream,
    nowMs: () => Date.now(),
    later: (delayMs, act) => {
      const timer = window.setTimeout(act, delayMs);
      return () => window.clearTimeout(timer);
    },
  });
}

async function* openStream(
  body: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent | undefined> {
  yield* readEvents(readLines(await postForStream('/query_live', body, signal)));
}
