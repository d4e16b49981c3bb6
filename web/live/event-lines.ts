/** A server-sent event. */
export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** Events of the lines of a stream (WHATWG HTML, 9.2.6); undefined for a comment: the connection is alive. */
export async function* readEvents(
  lines: AsyncIterable<string>,
): AsyncGenerator<StreamEvent | undefined> {
  let event = { id: '', name: 'message', data: '' };
  for await (const line of lines) {
    if (line === '') {
      if (event.data !== '') yield event;
      event = { id: event.id, name: 'message', data: '' };
      continue;
    }
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (colon === 0) yield undefined;
    else if (line.startsWith('id:')) event.id = value;
    else if (line.startsWith('event:')) event.name = value;
    else if (line.startsWith('data:')) event.data = value;
  }
}
