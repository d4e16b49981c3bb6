import type { HttpClientConfig, KubernetesConfig } from '#config';
import type { GroupFiles } from '../group-files.ts';
import { AccessError } from './access-error.ts';
import { parseKubeconfig } from './kubeconfig.ts';
import { hostPort } from '../host-port.ts';

/** Where the API server is and how it is spoken to. */
export interface ClusterAccess {
  readonly server: string;
  readonly httpClient: HttpClientConfig;
  /** The namespace of our own pod; '' unless it is asked for. */
  readonly ownNamespace: string;
}

/** Where Kubernetes puts a pod's own account. The token changes hourly; the client reads it for each request. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether we run in a pod, as far as the environment tells. */
export function isInCluster(environment: Environment): boolean {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  return host !== undefined && host !== '' && port !== undefined && port !== '';
}

/** Reads what there is to read. Rejects with AccessError. */
export async function openAccess(
  config: KubernetesConfig,
  { environment, files }: { readonly environment: Environment; readonly files: GroupFiles },
): Promise<ClusterAccess> {
  if (config.kubeconfigFile !== '') {
    const text = await readText(files, config.kubeconfigFile, 'cannot read kubeconfig');
    return parseKubeconfig(text, config.kubeconfigFile);
  }
  if (config.apiServer !== '') {
    return { server: config.apiServer, httpClient: config.httpClient, ownNamespace: '' };
  }
  if (!isInCluster(environment)) throw new AccessError(OUTSIDE);
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment;
  const tokenFile = `${SERVICE_ACCOUNT}/token`;
  await readText(files, tokenFile, 'cannot read the token of the service account');
  return {
    server: `https://${hostPort(host, Number(port))}`,
    httpClient: inClusterClient(tokenFile, `${SERVICE_ACCOUNT}/ca.crt`),
    ownNamespace: config.namespaces.ownNamespace ? await ownNamespace(files) : '',
  };
}

/** As client-go says it. */
export const OUTSIDE =
  'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined';

function inClusterClient(credentialsFile: string, caFile: string): HttpClientConfig {
  return {
    authorization: { type: 'Bearer', credentialsFile },
    tls: { insecureSkipVerify: false, caFile },
    proxy: { proxyFromEnvironment: true, proxyConnectHeader: {} },
    followRedirects: true,
    enableHttp2: false,
    httpHeaders: {},
  };
}

async function ownNamespace(files: GroupFiles): Promise<string> {
  const text = await readText(
    files,
    `${SERVICE_ACCOUNT}/namespace`,
    "could not determine the pod's namespace",
  );
  if (text.trim() === '') throw new AccessError('could not read own namespace name (empty file)');
  return text.trim();
}

async function readText(files: GroupFiles, path: string, what: string): Promise<string> {
  try {
    return (await files.read(path)).text;
  } catch (cause) {
    throw new AccessError(`${what}: ${(cause as Error).message}`, { cause });
  }
}
