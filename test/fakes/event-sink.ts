import type { EventSink } from '../../src/http/live/event-stream.ts';

export interface ReadEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** What a client of server-sent events has got. */
export class FakeEventSink implements EventSink {
  text = '';
  writableLength = 0;
  isEnded = false;
  isDestroyed = false;

  write(data: string | Uint8Array): boolean {
    this.text += typeof data === 'string' ? data : Buffer.from(data).toString();
    return true;
  }

  end(): this {
    this.isEnded = true;
    return this;
  }

  destroy(): this {
    this.isDestroyed = true;
    return this;
  }

  /** The events since it was asked last. */
  read(): ReadEvent[] {
    const blocks = this.text.split('\n\n').filter((block) => block.startsWith('id: '));
    this.text = '';
    return blocks.map((block) => {
      const [, id = '', name = '', data = ''] =
        /^id: (\S+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      return { id, name, data };
    });
  }
}
