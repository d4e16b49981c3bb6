import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendText } from './api-write.ts';
import { FOREIGN_PAGE, isFromForeignPage } from './foreign-page.ts';
import type { ServerOptions, ServerParts } from './parts.ts';

/** `/-/...`: is it alive, is it ready, reload, stop. */
export function addLifecycle(
  app: FastifyInstance,
  parts: ServerParts,
  options: ServerOptions,
): void {
  const { lifecycle } = parts;
  app.get('/-/healthy', async (_request, reply) => {
    return await sendText(reply, 200, 'Prometheus Server is Healthy.\n');
  });
  app.get('/-/ready', async (_request, reply) => {
    return parts.isReady()
      ? await sendText(reply, 200, 'Prometheus Server is Ready.\n')
      : await sendText(reply, 503, 'Service Unavailable');
  });
  change(app, options, 'reload', async (reply) => {
    try {
      await lifecycle.reload();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return await sendText(reply, 500, `failed to reload config: ${reason}\n`);
    }
    return await sendText(reply, 200, '');
  });
  change(app, options, 'quit', async (reply) => {
    await sendText(reply, 200, 'Requesting termination... Goodbye!');
    lifecycle.quit();
    return reply;
  });
}

type Change = (reply: FastifyReply) => Promise<FastifyReply>;

function change(app: FastifyInstance, options: ServerOptions, name: string, act: Change): void {
  const url = `/-/${name}`;
  app.route({
    method: ['POST', 'PUT'],
    url,
    handler: async (request, reply) => {
      if (!options.enableLifecycle)
        return await sendText(reply, 403, 'Lifecycle API is not enabled.');
      if (isFromForeignPage(request)) return await sendText(reply, 403, FOREIGN_PAGE);
      return await act(reply);
    },
  });
  app.get(url, async (_request, reply) => {
    reply.header('allow', 'POST, PUT');
    return await sendText(reply, 405, 'Only POST or PUT requests allowed');
  });
}
