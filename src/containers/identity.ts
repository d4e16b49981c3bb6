import type { Container, Identity } from './container.ts';

/** Names come from outside; longer ones are cut. Characters. */
const NAME_LENGTH_MAX = 200;

/** Of the id, in the name of a container that shares its identity. Characters, as `docker ps` shows them. */
const SHORT_ID_LENGTH = 12;

type Labels = Readonly<Record<string, string>>;

/** Who a container is, whatever its id: from the labels that Compose, Swarm and Kubernetes set, else its name. */
export function identityOf(labels: Labels, containerName: string): Identity {
  const found =
    swarmIdentity(labels) ??
    kubernetesIdentity(labels) ??
    composeIdentity(labels, containerName) ??
    identity('name', containerName);
  return { ...found, name: found.name.slice(0, NAME_LENGTH_MAX) };
}

function identity(
  kind: Identity['kind'],
  name: string,
  more: { readonly group?: string; readonly service?: string; readonly number?: number } = {},
): Identity {
  return { name, kind, group: '', service: '', number: 0, ...more };
}

/** `<service>.<slot>.<task>`, or `<service>.<node>.<task>` where each node runs one. */
function swarmIdentity(labels: Labels): Identity | undefined {
  const service = labels['com.docker.swarm.service.name'];
  const task = labels['com.docker.swarm.task.name'];
  if (!service || !task) return undefined;
  const rest = task.startsWith(`${service}.`) ? task.slice(service.length + 1) : '';
  const place = rest.split('.', 1)[0] || labels['com.docker.swarm.node.id'] || '';
  const group = labels['com.docker.stack.namespace'] ?? '';
  const name = place === '' ? service : `${service}.${place}`;
  return identity('swarm', name, { group, service, number: wholeNumber(place) });
}

/**
 * The labels that the kubelet sets by whatever runtime. No name of Kubernetes has an underscore, so that the parts
 * stay apart. Without the attempt: a container that is started again continues its line.
 */
function kubernetesIdentity(labels: Labels): Identity | undefined {
  const group = labels['io.kubernetes.pod.namespace'];
  const pod = labels['io.kubernetes.pod.name'];
  if (!group || !pod) return undefined;
  const isSandbox = labels['io.kubernetes.docker.type'] === 'podsandbox';
  const container = isSandbox ? 'POD' : (labels['io.kubernetes.container.name'] ?? '');
  const name = [group, pod, container].filter((part) => part !== '').join('_');
  return identity('kubernetes', name, { group, service: pod });
}

/** Set by Compose before the name of a container that takes another's place, until that has gone. */
const REPLACING = /^[0-9a-f]{12}_(?=.)/;

/**
 * `project-service-number`, as Compose 2 names containers, also where Compose 1 wrote underscores. A container that
 * the file gives a name of its own (`container_name`) keeps that, since it stays the same, too.
 */
function composeIdentity(labels: Labels, containerName: string): Identity | undefined {
  const group = labels['com.docker.compose.project'];
  const service = labels['com.docker.compose.service'];
  if (!group || !service) return undefined;
  if (labels['com.docker.compose.oneoff']?.toLowerCase() === 'true') {
    return identity('compose', `${group}-${service}-run`, { group, service });
  }
  const number = wholeNumber(labels['com.docker.compose.container-number'] ?? '');
  const given = containerName.replace(REPLACING, '');
  const made = number === 0 ? `${group}-${service}` : `${group}-${service}-${number}`;
  const name = given === '' || isMadeName(given, made) ? made : given;
  return identity('compose', name, { group, service, number });
}

/** Underscores in the place of hyphens, and behind it what Compose 1.23 added to tell containers apart. */
function isMadeName(given: string, made: string): boolean {
  const start = given.slice(0, made.length).replaceAll('_', '-');
  return start === made.replaceAll('_', '-') && /^(_[0-9a-f]{12})?$/.test(given.slice(made.length));
}

function wholeNumber(text: string): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
}

const ALIVE: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);

/** It has processes, or will have some again by itself. */
export function isAlive({ state }: Pick<Container, 'state'>): boolean {
  return ALIVE.has(state);
}

/** Orders containers of one identity: who lives comes before who does not, the newer before the older. */
export function compareHolders(a: Container, b: Container): number {
  const byLife = Number(isAlive(b)) - Number(isAlive(a));
  return byLife || b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1);
}

/** The name of a container's series while another has the line of their identity. */
export function sharedLine({ identity: { name }, id }: Pick<Container, 'identity' | 'id'>): string {
  return `${name}~${id.slice(0, SHORT_ID_LENGTH)}`;
}
