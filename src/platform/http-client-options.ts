/** A secret that is shown only where it is used. */
export interface SecretText {
  reveal(): string;
}

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** Files are read again for every request, so that a renewed certificate counts without a restart. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: SecretText;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
}

export interface BasicAuthOptions {
  readonly username?: string;
  readonly usernameFile?: string;
  readonly password?: SecretText;
  readonly passwordFile?: string;
}

export interface AuthorizationOptions {
  readonly type: string;
  readonly credentials?: SecretText;
  readonly credentialsFile?: string;
}

/** The client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). */
export interface Oauth2Options {
  readonly clientId: string;
  readonly clientSecret?: SecretText;
  readonly clientSecretFile?: string;
  readonly scopes: readonly string[];
  readonly tokenUrl: string;
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  readonly proxy: ProxyOptions;
}

export interface ProxyOptions {
  readonly proxyUrl?: string;
  readonly noProxy?: string;
  readonly proxyFromEnvironment: boolean;
  readonly proxyConnectHeader: Readonly<Record<string, readonly SecretText[]>>;
}

export interface HeaderOptions {
  readonly values: readonly string[];
  readonly secrets: readonly SecretText[];
  readonly files: readonly string[];
}

/**
 * How to speak to one HTTP server. The configuration's `HttpClientConfig` has this shape, so that it
 * can be handed over as it is, and the compiler sees when the two part.
 */
export interface HttpClientOptions {
  /**
   * Every request goes to this unix socket, whatever host its URL names (that is only the Host header), redirects
   * too; over plain HTTP and past every proxy.
   */
  readonly socketPath?: string;
  readonly basicAuth?: BasicAuthOptions;
  readonly authorization?: AuthorizationOptions;
  readonly oauth2?: Oauth2Options;
  readonly tls: TlsOptions;
  readonly proxy: ProxyOptions;
  readonly followRedirects: boolean;
  readonly httpHeaders: Readonly<Record<string, HeaderOptions>>;
}

/** What the client takes from the machine; tests hand in their own. */
export interface HttpClientSurroundings {
  readonly readFile: (path: string) => Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
}
