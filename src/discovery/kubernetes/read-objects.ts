import { objectKey } from './objects.ts';
import type {
  EndpointAddress,
  Endpoints,
  EndpointSlice,
  EndpointSubset,
  Ingress,
  IngressRule,
  Node,
  ObjectMeta,
  ObjectReference,
  Owner,
  Pairs,
  Pod,
  PodContainer,
  Port,
  Service,
  SliceEndpoint,
  SlicePort,
} from './objects.ts';

/** What JSON gave; anything may be missing or of another kind. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = {};

export function recordAt(value: Json, key: string): Json {
  return asRecord(value[key]);
}

export function asRecord(value: unknown): Json {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Json) : NOTHING;
}

export function textAt(value: Json, key: string): string {
  const text = value[key];
  return typeof text === 'string' ? text : '';
}

function optionalTextAt(value: Json, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}

function optionalFlagAt(value: Json, key: string): boolean | undefined {
  const flag = value[key];
  return typeof flag === 'boolean' ? flag : undefined;
}

function numberAt(value: Json, key: string): number {
  return optionalNumberAt(value, key) ?? 0;
}

function optionalNumberAt(value: Json, key: string): number | undefined {
  const number = value[key];
  return typeof number === 'number' ? number : undefined;
}

export function listAt(value: Json, key: string): readonly Json[] {
  const list = value[key];
  return Array.isArray(list) ? list.map(asRecord) : [];
}

function textsAt(value: Json, key: string): readonly string[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}

function pairsAt(value: Json, key: string): Pairs {
  return Object.entries(recordAt(value, key)).flatMap(([name, text]) =>
    typeof text === 'string' ? [name, text] : [],
  );
}

/** Of any object. One without a name has the key ''. */
export function readMeta(object: Json): ObjectMeta {
  const meta = recordAt(object, 'metadata');
  const namespace = textAt(meta, 'namespace');
  const name = textAt(meta, 'name');
  return {
    key: name === '' ? '' : objectKey(namespace, name),
    namespace,
    name,
    labels: pairsAt(meta, 'labels'),
    annotations: pairsAt(meta, 'annotations'),
  };
}

function readController(object: Json): ObjectReference | undefined {
  const meta = recordAt(object, 'metadata');
  const owner = listAt(meta, 'ownerReferences').find((one) => one['controller'] === true);
  return owner === undefined
    ? undefined
    : {
        kind: textAt(owner, 'kind'),
        namespace: textAt(meta, 'namespace'),
        name: textAt(owner, 'name'),
      };
}

export function readOwner(object: Json): Owner {
  // Labels and annotations of these are not shown.
  return {
    ...readMeta(object),
    labels: [],
    annotations: [],
    controller: readController(object),
  };
}

export function readPod(object: Json): Pod {
  const spec = recordAt(object, 'spec');
  const status = recordAt(object, 'status');
  return {
    ...readMeta(object),
    uid: textAt(recordAt(object, 'metadata'), 'uid'),
    ip: textAt(status, 'podIP'),
    hostIp: textAt(status, 'hostIP'),
    phase: textAt(status, 'phase'),
    ready: readReady(status),
    nodeName: textAt(spec, 'nodeName'),
    controller: readController(object),
    containers: [...readContainers(spec, status, false), ...readContainers(spec, status, true)],
  };
}

function readReady(status: Json): string {
  const condition = listAt(status, 'conditions').find((one) => one['type'] === 'Ready');
  return condition === undefined ? 'unknown' : textAt(condition, 'status').toLowerCase();
}

function readContainers(spec: Json, status: Json, isInit: boolean): readonly PodContainer[] {
  const ids = new Map<string, string>();
  for (const one of listAt(status, isInit ? 'initContainerStatuses' : 'containerStatuses')) {
    ids.set(textAt(one, 'name'), textAt(one, 'containerID'));
  }
  return listAt(spec, isInit ? 'initContainers' : 'containers').map((container) => ({
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    id: ids.get(textAt(container, 'name')) ?? '',
    isInit,
    ports: listAt(container, 'ports').map((port) => readPort(port, 'containerPort')),
  }));
}

function readPort(port: Json, numberKey: 'containerPort' | 'port'): Port {
  return {
    name: textAt(port, 'name'),
    number: numberAt(port, numberKey),
    protocol: textAt(port, 'protocol'),
  };
}

export function readService(object: Json): Service {
  const spec = recordAt(object, 'spec');
  const isTwofold = textAt(spec, 'ipFamilyPolicy').endsWith('DualStack');
  return {
    ...readMeta(object),
    type: textAt(spec, 'type'),
    clusterIp: textAt(spec, 'clusterIP'),
    externalName: textAt(spec, 'externalName'),
    loadBalancerIp: textAt(spec, 'loadBalancerIP'),
    ports: listAt(spec, 'ports').map((port) => readPort(port, 'port')),
    firstOfTwoFamilies: isTwofold ? (textsAt(spec, 'ipFamilies')[0] ?? '') : '',
  };
}

function readReference(value: unknown): ObjectReference | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const reference = asRecord(value);
  return {
    kind: textAt(reference, 'kind'),
    namespace: textAt(reference, 'namespace'),
    name: textAt(reference, 'name'),
  };
}

export function readEndpoints(object: Json): Endpoints {
  return {
    ...readMeta(object),
    subsets: listAt(object, 'subsets').map(readSubset),
  };
}

function readSubset(subset: Json): EndpointSubset {
  return {
    ports: listAt(subset, 'ports').map((port) => readPort(port, 'port')),
    addresses: listAt(subset, 'addresses').map(readAddress),
    notReadyAddresses: listAt(subset, 'notReadyAddresses').map(readAddress),
  };
}

function readAddress(address: Json): EndpointAddress {
  return {
    ip: textAt(address, 'ip'),
    hostname: textAt(address, 'hostname'),
    nodeName: optionalTextAt(address, 'nodeName'),
    target: readReference(address['targetRef']),
  };
}

export function readEndpointSlice(object: Json): EndpointSlice {
  return {
    ...readMeta(object),
    addressType: textAt(object, 'addressType'),
    ports: listAt(object, 'ports').map(readSlicePort),
    endpoints: listAt(object, 'endpoints').map(readSliceEndpoint),
  };
}

function readSlicePort(port: Json): SlicePort {
  return {
    name: optionalTextAt(port, 'name'),
    number: optionalNumberAt(port, 'port'),
    protocol: optionalTextAt(port, 'protocol'),
    appProtocol: optionalTextAt(port, 'appProtocol'),
  };
}

function readSliceEndpoint(endpoint: Json): SliceEndpoint {
  const conditions = recordAt(endpoint, 'conditions');
  return {
    addresses: textsAt(endpoint, 'addresses'),
    ready: optionalFlagAt(conditions, 'ready'),
    serving: optionalFlagAt(conditions, 'serving'),
    terminating: optionalFlagAt(conditions, 'terminating'),
    hostname: optionalTextAt(endpoint, 'hostname'),
    nodeName: optionalTextAt(endpoint, 'nodeName'),
    zone: optionalTextAt(endpoint, 'zone'),
    target: readReference(endpoint['targetRef']),
    topology: pairsAt(endpoint, 'deprecatedTopology'),
  };
}

export function readNode(object: Json): Node {
  const status = recordAt(object, 'status');
  const kubelet = recordAt(recordAt(status, 'daemonEndpoints'), 'kubeletEndpoint');
  return {
    ...readMeta(object),
    providerId: textAt(recordAt(object, 'spec'), 'providerID'),
    kubeletPort: numberAt(kubelet, 'Port'),
    addresses: listAt(status, 'addresses').map((one) => ({
      type: textAt(one, 'type'),
      address: textAt(one, 'address'),
    })),
  };
}

export function readIngress(object: Json): Ingress {
  const spec = recordAt(object, 'spec');
  return {
    ...readMeta(object),
    className: optionalTextAt(spec, 'ingressClassName'),
    rules: listAt(spec, 'rules').map(readRule),
    tlsHosts: listAt(spec, 'tls').flatMap((tls) => textsAt(tls, 'hosts')),
  };
}

function readRule(rule: Json): IngressRule {
  const http = rule['http'];
  const hasHttp = typeof http === 'object' && http !== null;
  const paths = hasHttp
    ? listAt(asRecord(http), 'paths').map((one) => textAt(one, 'path'))
    : undefined;
  return { host: textAt(rule, 'host'), paths };
}
