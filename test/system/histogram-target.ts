import { ProtobufWriter } from '#bytes';
import { serve } from './scrape-servers.ts';
import type { TestServer } from './scrape-servers.ts';

const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** Schema 3: ten buckets from 1 on, of which each is 9 % wider than the one before. */
const BUCKETS = 10;

/** A native histogram that has seen `count` observations in each of its buckets. */
function nativeHistogram(count: number): ProtobufWriter {
  const histogram = new ProtobufWriter()
    .uint(1, count * BUCKETS)
    .double(2, count * BUCKETS * 1.5)
    .sint(5, 3)
    .double(6, 2 ** -128)
    .field(12, new ProtobufWriter().sint(1, 1).uint(2, BUCKETS));
  for (let i = 0; i < BUCKETS; i++) histogram.sint(13, i === 0 ? count : 0);
  return histogram;
}

/** A classic one of two buckets. */
function classicHistogram(count: number): ProtobufWriter {
  return new ProtobufWriter()
    .uint(1, count * 2)
    .double(2, count * 3)
    .field(3, new ProtobufWriter().uint(1, count).double(2, 0.5))
    .field(3, new ProtobufWriter().uint(1, count * 2).double(2, 2.5));
}

function family(name: string, histogram: ProtobufWriter): Buffer {
  const metric = new ProtobufWriter()
    .field(1, new ProtobufWriter().field(1, 'route').field(2, '/a'))
    .field(7, histogram);
  const message = new ProtobufWriter().field(1, name).uint(3, 4).field(4, metric).finish();
  const length = [(message.length & 0x7f) | 0x80, message.length >>> 7];
  return Buffer.concat([Buffer.from(length), message]);
}

/**
 * Serves `request_seconds` (native) and `classic_seconds` over protobuf, each with more observations at each
 * scrape; a page of text where protobuf is not asked for first.
 */
export async function serveHistograms(): Promise<TestServer> {
  let scrapes = 0;
  return await serve((request, response) => {
    const [first] = (request.headers.accept ?? '').split(',');
    if (!first?.startsWith('application/vnd.google.protobuf')) {
      response.setHeader('content-type', 'text/plain; version=0.0.4').end('text_page 1\n');
      return;
    }
    scrapes++;
    response.setHeader('content-type', PROTOBUF);
    response.end(
      Buffer.concat([
        family('request_seconds', nativeHistogram(scrapes * 10)),
        family('classic_seconds', classicHistogram(scrapes)),
      ]),
    );
  });
}
