/** Lines of an answer as they come, without their ends; the last one without an end is not given: it may be cut. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // Pieces of a line that is not at its end: joined once, since a line may be megabytes long.
  let pieces: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = decoder.decode(value, { stream: true }).split('\n');
      const last = lines.pop() ?? '';
      for (const line of lines) {
        pieces.push(line);
        yield pieces.length === 1 ? line : pieces.join('');
        pieces = [];
      }
      if (last !== '') pieces.push(last);
    }
  } finally {
    // Whoever stops listening needs no more of it.
    await reader.cancel().catch(() => undefined);
  }
}
