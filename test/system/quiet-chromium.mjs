#!/usr/bin/env node
// Chromium in a network of its own, where nothing changes: it gives up all that it is loading when an address of the
// machine comes or goes (ERR_NETWORK_CHANGED), as those of containers do in the tests beside it. Its connections
// come out here, by SOCKS. Where there can be no such network, it runs in that of the machine.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Those of this process, and the two pipes by which a browser is driven. */
const STREAMS = [0, 1, 2, 3, 4];
const INSIDE = '--inside';

const program = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const args = process.argv.slice(2);

if (args[0] === INSIDE) runInside(args.slice(1));
else runOutside();

function runBrowser(flags) {
  const child = spawn(program, flags, { stdio: STREAMS });
  child.once('error', () => process.exit(1));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function runOutside() {
  const self = fileURLToPath(import.meta.url);
  const child = spawn('unshare', ['--net', process.execPath, self, INSIDE, ...args], {
    stdio: [...STREAMS, 'ipc'],
  });
  let isQuiet = false;
  child.once('message', (_, server) => {
    isQuiet = true;
    server.on('connection', serveSocks);
  });
  const end = (code) => (isQuiet ? process.exit(code ?? 1) : runBrowser(args));
  child.once('error', () => end());
  child.once('exit', end);
}

function runInside(browserArgs) {
  makeNetwork();
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const proxy = `--proxy-server=socks5://127.0.0.1:${server.address().port}`;
    process.send('server', server, () => {
      server.close();
      process.disconnect();
      runBrowser([proxy, '--proxy-bypass-list=<-loopback>', ...browserArgs]);
    });
  });
}

function ip(words) {
  execFileSync('ip', words.split(' '), { stdio: 'pipe' });
}

function makeNetwork() {
  // Its addresses are ready a second or two after they are there.
  for (const name of ['all', 'default']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1');
  }
  ip('link set lo up');
  // With nothing but itself a browser says that it is offline.
  ip('link add quiet0 type veth peer name quiet1');
  ip('addr add 10.255.255.1/30 dev quiet0');
  ip('link set quiet1 up');
  ip('link set quiet0 up');
}

/** RFC 1928: no password, and connections alone. */
function serveSocks(client) {
  let bytes = Buffer.alloc(0);
  let isGreeted = false;
  client.on('error', () => client.destroy());
  const take = (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (!isGreeted && bytes.length >= 2 && bytes.length >= 2 + bytes[1]) {
      bytes = bytes.subarray(2 + bytes[1]);
      isGreeted = true;
      client.write(Buffer.from([5, 0]));
    }
    const asked = isGreeted ? readRequest(bytes) : undefined;
    if (asked === undefined) return;
    client.off('data', take);
    client.pause();
    client.unshift(bytes.subarray(asked.end));
    join(client, asked);
  };
  client.on('data', take);
}

/** Undefined until it is whole. */
function readRequest(bytes) {
  if (bytes.length < 5) return undefined;
  const isName = bytes[3] === 3;
  const [start, length] = isName ? [5, bytes[4]] : [4, bytes[3] === 4 ? 16 : 4];
  const end = start + length + 2;
  if (bytes.length < end) return undefined;
  const host = bytes.subarray(start, start + length);
  return {
    host: isName ? host.toString() : [...host].join('.'),
    port: bytes.readUInt16BE(end - 2),
    end,
  };
}

function replyOf(code) {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

function join(client, { host, port }) {
  const server = connect({ host, port, noDelay: true });
  client.setNoDelay(true);
  let isConnected = false;
  server.once('connect', () => {
    isConnected = true;
    client.write(replyOf(0));
    client.pipe(server).pipe(client);
  });
  server.on('error', () => {
    // 5: refused.
    if (isConnected) client.destroy();
    else client.end(replyOf(5));
  });
  client.once('close', () => server.destroy());
  server.once('close', () => isConnected && client.destroy());
}
