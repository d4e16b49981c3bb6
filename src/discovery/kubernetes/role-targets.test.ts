import { describe, expect, it } from 'vitest';
import { labelsToObject } from '#model';
import type { KubernetesConfig, KubernetesRole, TargetGroup } from '#config';
import type { ObjectKind } from './object-kinds.ts';
import { RoleTargets } from './role-targets.ts';
import type { Json } from './read-objects.ts';

const NOTHING = { node: false, namespace: false, deployment: false, job: false, cronJob: false };
const M = '__meta_kubernetes_';

type Attach = Partial<KubernetesConfig['attachMetadata']>;

/** Labels without their common beginning, so that a table can be read. */
function short(labels: readonly string[]): Readonly<Record<string, string>> {
  const all = Object.entries(labelsToObject(labels));
  return Object.fromEntries(all.map(([name, value]) => [name.replace(M, ''), value]));
}

function shown({ source, labels, targets }: TargetGroup): unknown {
  return { source, labels: short(labels), targets: targets.map(short) };
}

function sources(targets: RoleTargets): readonly string[] {
  return targets.takeGroups().map(({ source }) => source);
}

function restOf(port: string, more: Readonly<Record<string, string>>): unknown {
  return {
    ...POD_LABELS,
    __address__: `10.1.0.7:${port}`,
    pod_container_port_number: port,
    pod_container_port_protocol: 'TCP',
    ...more,
  };
}

function ingressTarget(host: string, scheme: string, path: string): unknown {
  return {
    __address__: host,
    ingress_host: host,
    ingress_scheme: scheme,
    ingress_path: path,
  };
}

function groupsOf(
  role: KubernetesRole,
  objects: readonly (readonly [ObjectKind, Json])[],
  attach: Attach = {},
): unknown[] {
  const targets = new RoleTargets(role, { ...NOTHING, ...attach });
  for (const [kind, object] of objects) targets.put(kind, object);
  return targets.takeGroups().map(shown);
}

const NODE: Json = {
  metadata: {
    name: 'n1',
    labels: { 'topology.kubernetes.io/zone': 'z' },
    annotations: { 'a/b': 'c' },
  },
  spec: { providerID: 'aws:///i-1' },
  status: {
    addresses: [
      { type: 'Hostname', address: 'n1.local' },
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'InternalIP', address: 'fd00::1' },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    images: [{ names: ['large'] }],
  },
};

const NODE_LABELS = {
  node_name: 'n1',
  node_label_topology_kubernetes_io_zone: 'z',
  node_labelpresent_topology_kubernetes_io_zone: 'true',
  node_annotation_a_b: 'c',
  node_annotationpresent_a_b: 'true',
};

const NAMESPACE: Json = { metadata: { name: 'shop', labels: { team: 'x' } } };
const NAMESPACE_LABELS = { namespace_label_team: 'x', namespace_labelpresent_team: 'true' };

const POD: Json = {
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u-1',
    labels: { app: 'web', 'app.kubernetes.io/name': 'web' },
    annotations: { 'prometheus.io/scrape': 'true' },
    ownerReferences: [
      { kind: 'Other', name: 'no' },
      { kind: 'ReplicaSet', name: 'web-5d', controller: true },
    ],
  },
  spec: {
    nodeName: 'n1',
    containers: [
      {
        name: 'app',
        image: 'web:1',
        ports: [
          { name: 'http', containerPort: 80, protocol: 'TCP' },
          { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
        ],
        env: [{ name: 'SECRET', value: 's' }],
      },
      { name: 'side', image: 'side:2' },
    ],
    initContainers: [
      {
        name: 'proxy',
        image: 'proxy:3',
        restartPolicy: 'Always',
        ports: [{ containerPort: 15_090, protocol: 'TCP' }],
      },
    ],
  },
  status: {
    podIP: '10.1.0.7',
    hostIP: '10.0.0.1',
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'app', containerID: 'containerd://1' }],
    initContainerStatuses: [{ name: 'proxy', containerID: 'containerd://2' }],
  },
};

const POD_LABELS = {
  pod_name: 'web-1',
  pod_ip: '10.1.0.7',
  pod_host_ip: '10.0.0.1',
  pod_node_name: 'n1',
  pod_uid: 'u-1',
  pod_phase: 'Running',
  pod_ready: 'true',
  pod_controller_kind: 'ReplicaSet',
  pod_controller_name: 'web-5d',
  pod_label_app: 'web',
  pod_labelpresent_app: 'true',
  pod_label_app_kubernetes_io_name: 'web',
  pod_labelpresent_app_kubernetes_io_name: 'true',
  pod_annotation_prometheus_io_scrape: 'true',
  pod_annotationpresent_prometheus_io_scrape: 'true',
};

function withChange(object: Json, path: readonly string[], value: unknown): Json {
  const [first = '', ...rest] = path;
  const inner = (object[first] ?? {}) as Json;
  return { ...object, [first]: rest.length === 0 ? value : withChange(inner, rest, value) };
}

describe('nodes', () => {
  it('are their kubelets, at the best address', () => {
    expect(groupsOf('node', [['node', NODE]])).toEqual([
      {
        source: 'node/n1',
        labels: { ...NODE_LABELS, node_provider_id: 'aws:///i-1' },
        targets: [
          {
            __address__: '10.0.0.1:10250',
            instance: 'n1',
            node_address_Hostname: 'n1.local',
            node_address_InternalIP: '10.0.0.1',
          },
        ],
      },
    ]);
  });

  it.each([
    [['InternalDNS', 'ExternalIP'], 'InternalDNS'],
    [['ExternalDNS', 'ExternalIP'], 'ExternalIP'],
    [['Hostname', 'LegacyHostIP'], 'LegacyHostIP'],
    [['LegacyHostIP', 'ExternalDNS'], 'ExternalDNS'],
  ])('of addresses %j take %s', (types, best) => {
    const addresses = types.map((type) => ({ type, address: `at-${type}` }));
    const node = withChange(NODE, ['status', 'addresses'], addresses);
    expect(groupsOf('node', [['node', node]])).toMatchObject([
      { targets: [{ __address__: `at-${best}:10250` }] },
    ]);
  });

  it('without address say nothing', () => {
    const node = withChange(NODE, ['status', 'addresses'], null);
    expect(groupsOf('node', [['node', node]])).toEqual([]);
  });
});

describe('pods', () => {
  it('have a target for each port, and one for a container without ports', () => {
    const common = { pod_container_init: 'false' };
    expect(groupsOf('pod', [['pod', POD]])).toEqual([
      {
        source: 'pod/shop/web-1',
        labels: { ...POD_LABELS, namespace: 'shop' },
        targets: [
          {
            ...common,
            __address__: '10.1.0.7:80',
            pod_container_name: 'app',
            pod_container_image: 'web:1',
            pod_container_id: 'containerd://1',
            pod_container_port_name: 'http',
            pod_container_port_number: '80',
            pod_container_port_protocol: 'TCP',
          },
          {
            ...common,
            __address__: '10.1.0.7:9090',
            pod_container_name: 'app',
            pod_container_image: 'web:1',
            pod_container_id: 'containerd://1',
            pod_container_port_name: 'metrics',
            pod_container_port_number: '9090',
            pod_container_port_protocol: 'TCP',
          },
          {
            ...common,
            __address__: '10.1.0.7',
            pod_container_name: 'side',
            pod_container_image: 'side:2',
          },
          {
            __address__: '10.1.0.7:15090',
            pod_container_name: 'proxy',
            pod_container_image: 'proxy:3',
            pod_container_id: 'containerd://2',
            pod_container_init: 'true',
            pod_container_port_number: '15090',
            pod_container_port_protocol: 'TCP',
          },
        ],
      },
    ]);
  });

  it('without address have no targets', () => {
    const pod = withChange(POD, ['status', 'podIP'], undefined);
    expect(groupsOf('pod', [['pod', pod]])).toEqual([
      { source: 'pod/shop/web-1', labels: {}, targets: [] },
    ]);
  });

  it('of IPv6 stand in brackets before a port', () => {
    const pod = withChange(POD, ['status', 'podIP'], 'fd00::7');
    expect(groupsOf('pod', [['pod', pod]])).toMatchObject([
      {
        targets: [
          { __address__: '[fd00::7]:80' },
          { __address__: '[fd00::7]:9090' },
          { __address__: 'fd00::7' },
          { __address__: '[fd00::7]:15090' },
        ],
      },
    ]);
  });

  it.each([
    [{ conditions: [] }, 'unknown'],
    [{ conditions: [{ type: 'Ready', status: 'False' }] }, 'false'],
    [{ conditions: [{ type: 'Initialized', status: 'True' }] }, 'unknown'],
  ])('are as ready as they say: %j', (status, ready) => {
    const pod = withChange(POD, ['status'], { ...status, podIP: '10.1.0.7' });
    expect(groupsOf('pod', [['pod', pod]])).toMatchObject([{ labels: { pod_ready: ready } }]);
  });

  it('have labels of node, namespace and deployment where those are asked for', () => {
    const replicaSet: Json = {
      metadata: {
        name: 'web-5d',
        namespace: 'shop',
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      },
    };
    const objects: readonly (readonly [ObjectKind, Json])[] = [
      ['pod', POD],
      ['node', NODE],
      ['namespace', NAMESPACE],
      ['replicaset', replicaSet],
    ];
    const attach = { node: true, namespace: true, deployment: true };
    const [group] = groupsOf('pod', objects, attach) as [{ labels: unknown }];
    expect(group.labels).toEqual({
      ...POD_LABELS,
      namespace: 'shop',
      ...NODE_LABELS,
      ...NAMESPACE_LABELS,
      pod_deployment_name: 'web',
    });
  });

  it('have labels of job and cron job where those are asked for', () => {
    const owners = [{ kind: 'Job', name: 'backup-28', controller: true }];
    const pod = withChange(POD, ['metadata', 'ownerReferences'], owners);
    const cronJob = [{ kind: 'CronJob', name: 'backup', controller: true }];
    const job: Json = {
      metadata: { name: 'backup-28', namespace: 'shop', ownerReferences: cronJob },
    };
    const attach = { job: true, cronJob: true };
    expect(
      groupsOf(
        'pod',
        [
          ['pod', pod],
          ['job', job],
        ],
        attach,
      ),
    ).toMatchObject([{ labels: { pod_job_name: 'backup-28', pod_cronjob_name: 'backup' } }]);
  });
});

const SERVICE: Json = {
  metadata: { name: 'web', namespace: 'shop', labels: { tier: 'front' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.9.0.1',
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  },
};
const SERVICE_LABELS = {
  namespace: 'shop',
  service_name: 'web',
  service_label_tier: 'front',
  service_labelpresent_tier: 'true',
};

describe('services', () => {
  const port = {
    __address__: 'web.shop.svc:80',
    service_port_name: 'http',
    service_port_number: '80',
    service_port_protocol: 'TCP',
  };
  it.each([
    [{ type: 'ClusterIP' }, { service_type: 'ClusterIP', service_cluster_ip: '10.9.0.1' }],
    [
      { type: 'LoadBalancer', loadBalancerIP: '1.2.3.4' },
      {
        service_type: 'LoadBalancer',
        service_cluster_ip: '10.9.0.1',
        service_loadbalancer_ip: '1.2.3.4',
      },
    ],
    [
      { type: 'ExternalName', externalName: 'db.example.com' },
      { service_type: 'ExternalName', service_external_name: 'db.example.com' },
    ],
  ])('%j', (spec, expected) => {
    const service = withChange(SERVICE, ['spec'], { ...(SERVICE['spec'] as Json), ...spec });
    expect(
      groupsOf(
        'service',
        [
          ['service', service],
          ['namespace', NAMESPACE],
        ],
        { namespace: true },
      ),
    ).toEqual([
      {
        source: 'svc/shop/web',
        labels: { ...SERVICE_LABELS, ...NAMESPACE_LABELS },
        targets: [{ ...port, ...expected }],
      },
    ]);
  });
});

describe('endpoints', () => {
  const target = { kind: 'Pod', name: 'web-1', namespace: 'shop' };
  const endpoints: Json = {
    metadata: { name: 'web', namespace: 'shop', labels: { e: '1' } },
    subsets: [
      {
        addresses: [{ ip: '10.1.0.7', nodeName: 'n1', targetRef: target }],
        notReadyAddresses: [{ ip: '10.1.0.8', hostname: 'h' }],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ],
  };
  const restOfPod = [
    restOf('9090', {
      pod_container_name: 'app',
      pod_container_image: 'web:1',
      pod_container_port_name: 'metrics',
      pod_container_init: 'false',
    }),
    restOf('15090', {
      pod_container_name: 'proxy',
      pod_container_image: 'proxy:3',
      pod_container_init: 'true',
    }),
  ];

  it('have a target for each address and port, and for further ports of the pods behind them', () => {
    const objects: readonly (readonly [ObjectKind, Json])[] = [
      ['endpoints', endpoints],
      ['pod', POD],
      ['service', SERVICE],
      ['node', NODE],
    ];
    expect(groupsOf('endpoints', objects, { node: true })).toEqual([
      {
        source: 'endpoints/shop/web',
        labels: {
          ...SERVICE_LABELS,
          endpoints_name: 'web',
          endpoints_label_e: '1',
          endpoints_labelpresent_e: 'true',
        },
        targets: [
          {
            ...POD_LABELS,
            ...NODE_LABELS,
            __address__: '10.1.0.7:80',
            endpoint_port_name: 'http',
            endpoint_port_protocol: 'TCP',
            endpoint_ready: 'true',
            endpoint_address_target_kind: 'Pod',
            endpoint_address_target_name: 'web-1',
            endpoint_node_name: 'n1',
            pod_container_name: 'app',
            pod_container_image: 'web:1',
            pod_container_port_name: 'http',
            pod_container_port_number: '80',
            pod_container_port_protocol: 'TCP',
            pod_container_init: 'false',
          },
          {
            __address__: '10.1.0.8:80',
            endpoint_port_name: 'http',
            endpoint_port_protocol: 'TCP',
            endpoint_ready: 'false',
            endpoint_hostname: 'h',
          },
          ...restOfPod,
        ],
      },
    ]);
  });

  const slice: Json = {
    metadata: {
      name: 'web-abc',
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': 'web' },
    },
    addressType: 'IPv4',
    endpoints: [
      {
        addresses: ['10.1.0.7'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        zone: 'z1',
        hostname: 'h',
        targetRef: target,
        deprecatedTopology: { 'topology.kubernetes.io/region': 'r' },
      },
    ],
    ports: [{ name: 'http', port: 80, protocol: 'TCP', appProtocol: 'http' }],
  };

  it('as slices say more of each address', () => {
    const objects: readonly (readonly [ObjectKind, Json])[] = [
      ['endpointslice', slice],
      ['pod', POD],
      ['service', SERVICE],
    ];
    expect(groupsOf('endpointslice', objects)).toEqual([
      {
        source: 'endpointslice/shop/web-abc',
        labels: {
          ...SERVICE_LABELS,
          endpointslice_name: 'web-abc',
          endpointslice_address_type: 'IPv4',
          endpointslice_label_kubernetes_io_service_name: 'web',
          endpointslice_labelpresent_kubernetes_io_service_name: 'true',
        },
        targets: [
          {
            ...POD_LABELS,
            __address__: '10.1.0.7:80',
            endpointslice_port: '80',
            endpointslice_port_name: 'http',
            endpointslice_port_protocol: 'TCP',
            endpointslice_port_app_protocol: 'http',
            endpointslice_endpoint_conditions_ready: 'true',
            endpointslice_endpoint_conditions_serving: 'true',
            endpointslice_endpoint_conditions_terminating: 'false',
            endpointslice_endpoint_hostname: 'h',
            endpointslice_endpoint_node_name: 'n1',
            endpointslice_endpoint_zone: 'z1',
            endpointslice_address_target_kind: 'Pod',
            endpointslice_address_target_name: 'web-1',
            endpointslice_endpoint_topology_topology_kubernetes_io_region: 'r',
            endpointslice_endpoint_topology_present_topology_kubernetes_io_region: 'true',
            pod_container_name: 'app',
            pod_container_image: 'web:1',
            pod_container_port_name: 'http',
            pod_container_port_number: '80',
            pod_container_port_protocol: 'TCP',
            pod_container_init: 'false',
          },
          ...restOfPod,
        ],
      },
    ]);
  });

  it.each([
    [['IPv4', 'IPv6'], 'PreferDualStack', 'IPv4', true],
    [['IPv4', 'IPv6'], 'PreferDualStack', 'IPv6', false],
    [['IPv6', 'IPv4'], 'RequireDualStack', 'IPv4', false],
    [['IPv4'], 'SingleStack', 'IPv6', true],
  ])(
    'of a service of families %j (%s) slices of %s count: %s',
    (ipFamilies, ipFamilyPolicy, addressType, counts) => {
      const service = withChange(SERVICE, ['spec'], { ipFamilies, ipFamilyPolicy });
      const objects: readonly (readonly [ObjectKind, Json])[] = [
        ['service', service],
        ['endpointslice', { ...slice, addressType }],
      ];
      const [group] = groupsOf('endpointslice', objects) as [{ targets: unknown[] }];
      expect(group.targets.length > 0).toBe(counts);
    },
  );

  it('of a slice without port are addresses alone', () => {
    const bare = { ...slice, ports: [{}], endpoints: [{ addresses: ['10.1.0.9'] }] };
    expect(groupsOf('endpointslice', [['endpointslice', bare]])).toMatchObject([
      { targets: [{ __address__: '10.1.0.9' }] },
    ]);
  });
});

describe('ingresses', () => {
  it('have a target for each path of each host', () => {
    const ingress: Json = {
      metadata: { name: 'front', namespace: 'shop' },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example.com', '*.b.example.com'] }],
        rules: [
          { host: 'a.example.com', http: { paths: [{ path: '/x' }, {}] } },
          { host: 'x.b.example.com' },
          { host: 'x.y.b.example.com', http: { paths: [{ path: '/' }] } },
          { host: 'c.example.com', http: { paths: [] } },
        ],
      },
    };
    expect(groupsOf('ingress', [['ingress', ingress]])).toEqual([
      {
        source: 'ingress/shop/front',
        labels: { namespace: 'shop', ingress_name: 'front', ingress_class_name: 'nginx' },
        targets: [
          ingressTarget('a.example.com', 'https', '/x'),
          ingressTarget('a.example.com', 'https', '/'),
          ingressTarget('x.b.example.com', 'https', '/'),
          ingressTarget('x.y.b.example.com', 'http', '/'),
        ],
      },
    ]);
  });
});

describe('a change', () => {
  const slice: Json = {
    metadata: {
      name: 's',
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': 'web' },
    },
    endpoints: [
      {
        addresses: ['10.1.0.7'],
        nodeName: 'n1',
        targetRef: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
      },
    ],
    ports: [{ port: 80 }],
  };
  const other = withChange(slice, ['metadata'], { name: 'o', namespace: 'shop' });
  const started = (): RoleTargets => {
    const targets = new RoleTargets('endpointslice', {
      ...NOTHING,
      node: true,
      namespace: true,
      deployment: true,
    });
    targets.put('endpointslice', slice);
    targets.put('endpointslice', withChange(other, ['endpoints'], []));
    for (const [kind, object] of [
      ['pod', POD],
      ['service', SERVICE],
      ['node', NODE],
    ] as const) {
      targets.put(kind, object);
    }
    expect(targets.takeGroups()).toHaveLength(2);
    return targets;
  };
  it.each([
    ['pod', withChange(POD, ['status', 'phase'], 'Failed')],
    ['service', withChange(SERVICE, ['metadata', 'labels'], { tier: 'back' })],
    ['node', withChange(NODE, ['metadata', 'labels'], { zone: 'y' })],
    ['replicaset', { metadata: { name: 'web-5d', namespace: 'shop' } }],
  ] as const)('of a %s has those groups made anew that show it', (kind, object) => {
    const targets = started();
    targets.put(kind, object);
    expect(sources(targets)).toEqual(['endpointslice/shop/s']);
  });

  it('of a namespace concerns all in it', () => {
    const targets = started();
    targets.put('namespace', NAMESPACE);
    expect(sources(targets)).toEqual(['endpointslice/shop/s', 'endpointslice/shop/o']);
  });

  it('that no label shows is none', () => {
    const targets = started();
    const again = withChange(NODE, ['metadata', 'resourceVersion'], '99');
    expect(targets.put('node', again).change).toBe('same');
    expect(targets.hasChanged).toBe(false);
  });

  it('that takes something away takes its labels or its targets', () => {
    const targets = started();
    expect(targets.remove('pod', 'shop/web-1')).toBe(true);
    expect(targets.remove('pod', 'shop/web-1')).toBe(false);
    const [group] = targets.takeGroups();
    expect(JSON.stringify(group)).not.toContain('pod_name');
    targets.remove('endpointslice', 'shop/s');
    expect(targets.takeGroups()).toEqual([
      { source: 'endpointslice/shop/s', targets: [], labels: [] },
    ]);
  });

  it('beyond the most that is kept is left out', () => {
    const targets = new RoleTargets('pod', NOTHING, 1);
    expect(targets.put('pod', POD).change).toBe('add');
    const second = withChange(POD, ['metadata', 'name'], 'web-2');
    expect(targets.put('pod', second).change).toBe('full');
    expect(sources(targets)).toEqual(['pod/shop/web-1']);
  });
});

it('what is no object of the API makes no group and no error', () => {
  const odd: Json[] = [
    {},
    { metadata: null },
    { metadata: { name: 'x', labels: [1], ownerReferences: 'y' }, spec: 7, status: [] },
    { metadata: { name: 'x', labels: { a: 1 } }, spec: { containers: [null, 1, {}] } },
    { metadata: { name: 'x' }, subsets: [{ ports: {}, addresses: [null] }], endpoints: [null] },
  ];
  const roles = ['node', 'pod', 'service', 'endpoints', 'endpointslice', 'ingress'] as const;
  for (const role of roles) {
    for (const object of odd) expect(groupsOf(role, [[role, object]]).length).toBeLessThan(2);
  }
});
