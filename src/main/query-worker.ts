import { serveThread } from '#platform';
import { openQueryThread } from './query-thread.ts';

serveThread(openQueryThread);
