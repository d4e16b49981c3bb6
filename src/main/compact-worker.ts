import { serveThread } from '#platform';
import { createCompactionThread } from '#tsdb';
import type { CompactionJob, SharedUpdate } from '#tsdb';

serveThread(() => {
  const thread = createCompactionThread();
  return {
    update: (update) => thread.apply(update as SharedUpdate),
    answer: (job) => ({ answer: thread.run(job as CompactionJob), transfer: [] }),
  };
});
