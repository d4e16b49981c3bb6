import { createServer } from 'node:net';

/** Resolves when the port on 127.0.0.1 is free; otherwise rejects with a message that names it. */
export function checkPortFree(port, use, option) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use by another program'
          : `cannot be used (${error.message})`;
      reject(
        new Error(
          `port ${port} for ${use} ${reason}; stop that program or choose another port: npm run demo -- ${option} PORT`,
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
