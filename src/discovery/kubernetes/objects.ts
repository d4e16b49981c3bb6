/**
 * The objects of the Kubernetes API, of each only what labels need: the API's own have some ten times as much. What an
 * answer lacks is '' or empty, as in Go, but where Prometheus tells what is absent from what is empty.
 */

/** Key, value, key, value, ... as the API orders them. */
export type Pairs = readonly string[];

export interface ObjectMeta {
  /** `namespace/name`, or the name alone. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Pairs;
  readonly annotations: Pairs;
}

export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Port {
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
}

export interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly id: string;
  readonly isInit: boolean;
  readonly ports: readonly Port[];
}

export interface Pod extends ObjectMeta {
  readonly uid: string;
  readonly ip: string;
  readonly hostIp: string;
  readonly phase: string;
  /** `true`, `false`, `unknown`. */
  readonly ready: string;
  readonly nodeName: string;
  readonly controller: ObjectReference | undefined;
  /** Init containers last. */
  readonly containers: readonly PodContainer[];
}

export interface Service extends ObjectMeta {
  readonly type: string;
  readonly clusterIp: string;
  readonly externalName: string;
  readonly loadBalancerIp: string;
  readonly ports: readonly Port[];
  /** Of a service of two address families the first, `IPv4` or `IPv6`; '' for others. */
  readonly firstOfTwoFamilies: string;
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname: string;
  readonly nodeName: string | undefined;
  readonly target: ObjectReference | undefined;
}

export interface EndpointSubset {
  readonly ports: readonly Port[];
  readonly addresses: readonly EndpointAddress[];
  readonly notReadyAddresses: readonly EndpointAddress[];
}

export interface Endpoints extends ObjectMeta {
  readonly subsets: readonly EndpointSubset[];
}

export interface SlicePort {
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string | undefined;
  readonly appProtocol: string | undefined;
}

export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly ready: boolean | undefined;
  readonly serving: boolean | undefined;
  readonly terminating: boolean | undefined;
  readonly hostname: string | undefined;
  readonly nodeName: string | undefined;
  readonly zone: string | undefined;
  readonly target: ObjectReference | undefined;
  readonly topology: Pairs;
}

export interface EndpointSlice extends ObjectMeta {
  readonly addressType: string;
  readonly ports: readonly SlicePort[];
  readonly endpoints: readonly SliceEndpoint[];
}

export interface Node extends ObjectMeta {
  readonly providerId: string;
  readonly kubeletPort: number;
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
}

export interface IngressRule {
  readonly host: string;
  /** Undefined where the rule has no HTTP part. */
  readonly paths: readonly string[] | undefined;
}

export interface Ingress extends ObjectMeta {
  readonly className: string | undefined;
  readonly rules: readonly IngressRule[];
  readonly tlsHosts: readonly string[];
}

/** What stands between a pod and its deployment or cron job. */
export interface Owner extends ObjectMeta {
  readonly controller: ObjectReference | undefined;
}

export type Namespace = ObjectMeta;

export function objectKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The value of a key, or undefined. */
export function pairValue(pairs: Pairs, key: string): string | undefined {
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === key) return pairs[i + 1];
  return undefined;
}
