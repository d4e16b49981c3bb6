import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own in a temporary folder, made with openssl. */
export class CertificateFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'narthex-certificates-'));
  readonly authority: Certificate;

  constructor() {
    this.#openssl('req', '-x509', '-nodes', '-days', '2', ...newKey('ca'), '-subj', '/CN=test-ca');
    this.authority = this.#read('ca');
  }

  /** A certificate of the authority for names such as `DNS:a` and `IP:127.0.0.1`. */
  issue(name: string, alternativeNames: string): Certificate {
    const extension = join(this.path, `${name}.ext`);
    writeFileSync(extension, `subjectAltName=${alternativeNames}\n`);
    this.#openssl('req', '-nodes', ...newKey(name, 'csr'), '-subj', `/CN=${name}`);
    const request = ['-req', '-in', `${name}.csr`, '-days', '2', '-out', `${name}.crt`];
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    this.#openssl('x509', ...request, ...authority, '-extfile', `${name}.ext`);
    return this.#read(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.path, stdio: 'pipe' });
  }

  #read(name: string): Certificate {
    const certFile = join(this.path, `${name}.crt`);
    const keyFile = join(this.path, `${name}.key`);
    const cert = readFileSync(certFile, 'utf8');
    return { certFile, keyFile, cert, key: readFileSync(keyFile, 'utf8') };
  }
}

function newKey(name: string, kind = 'crt'): string[] {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  return [...key, '-keyout', `${name}.key`, '-out', `${name}.${kind}`];
}
