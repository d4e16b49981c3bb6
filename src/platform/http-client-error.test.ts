import { describe, expect, it } from 'vitest';
import { describeConnectError, describeRequest } from './http-client-error.ts';

function systemError(fields: object): Error {
  return Object.assign(new Error('no message'), fields);
}

const VERIFY = 'tls: failed to verify certificate: x509: ';

describe("a failed connection in Go's words", () => {
  it.each([
    [
      { code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: 80 },
      'dial tcp [::1]:80: connect: connection refused',
    ],
    [
      { code: 'EACCES', syscall: 'connect', address: '/run/docker.sock' },
      'dial unix /run/docker.sock: connect: permission denied',
    ],
    [{ code: 'ENOTFOUND', hostname: 'x' }, 'dial tcp: lookup x: no such host'],
    [{ code: 'ECONNRESET' }, 'EOF'],
    [{ code: 'ECONNRESET', syscall: 'read' }, 'read: connection reset by peer'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, `${VERIFY}certificate signed by unknown authority`],
    [{ code: 'CERT_HAS_EXPIRED' }, `${VERIFY}certificate has expired or is not yet valid`],
    [
      {
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        host: 'c',
        cert: { subjectaltname: 'DNS:a, IP Address:1.2.3.4' },
      },
      `${VERIFY}certificate is valid for a, 1.2.3.4, not c`,
    ],
    [
      { code: 'EPROTO', message: '0:error:0A00010B:SSL routines:x:wrong version number:y:' },
      'http: server gave HTTP response to HTTPS client',
    ],
    [{ message: 'something else' }, 'something else'],
  ])('%o', (fields, expected) => {
    expect(describeConnectError(systemError(fields))).toBe(expected);
  });

  it('of several addresses is that of the first', () => {
    const first = systemError({ code: 'ECONNREFUSED', syscall: 'connect', address: 'a', port: 1 });
    const all = Object.assign(new Error('all'), { errors: [first, new Error('second')] });
    expect(describeConnectError(all)).toBe('dial tcp a:1: connect: connection refused');
  });
});

it('a password in an address never shows', () => {
  expect(describeRequest('GET', 'https://user:pa:ss@host/x', 'EOF')).toBe(
    'Get "https://user:***@host/x": EOF',
  );
});
