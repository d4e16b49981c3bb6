// A process of its own, so that making pages takes no time from the server under test.
// Arguments: series on each page. Writes its port as the first line.
import { createServer } from 'node:http';

const seriesCount = Number(process.argv[2] ?? '1000');
const heads = Array.from(
  { length: seriesCount },
  (_, i) =>
    `page_requests_total{handler="/some/path/${i % 50}",code="${200 + (i % 5)}",instance_of="part-${i}"} `,
);
let asked = 0;

const server = createServer((_request, response) => {
  asked++;
  const lines = heads.map((head, i) => head + (asked * 3 + i));
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end(`# TYPE page_requests_total counter\n${lines.join('\n')}\n`);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
