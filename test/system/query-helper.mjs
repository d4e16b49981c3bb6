// A query thread as src/main/query-worker.ts is, except that it fails where it should help. See query-threads.test.ts.
import { serveThread } from '#platform';
import { openQueryThread } from '../../dist/main/query-thread.js';

/** As in src/main/row-messages.ts. */
const NEXT = 0;

serveThread(({ failure, options }, surroundings) => {
  const service = openQueryThread(options, surroundings);
  return {
    ...service,
    receive(message, asker) {
      if (message.kind !== 'rows-wanted' || failure === 'none') {
        service.receive(message, asker);
        return;
      }
      surroundings.countHelp();
      // It takes a portion, of which nobody hears again.
      Atomics.add(message.words, NEXT, 1);
      if (failure === 'dies') process.exit(1);
    },
  };
});
