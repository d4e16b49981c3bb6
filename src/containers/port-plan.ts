import type { Container } from './container.ts';
import { SILENT_PORTS, USUAL_PATHS } from './probe.ts';
import type { ScrapeLabels } from './scrape-labels.ts';

export interface PlannedPort {
  readonly port: number;
  readonly paths: readonly string[];
  readonly scheme: 'http' | 'https';
  /** A label wants it: it is a target whatever it answers. */
  readonly isWanted: boolean;
}

/** Which ports of a container may have metrics. */
export interface PortPlan {
  /** What decided, for people: `narthex.port="9102"`, `no port is exposed`. */
  readonly because: string;
  readonly ports: readonly PlannedPort[];
  /** Exposed ports that are left out because there are too many. */
  readonly leftOut: number;
}

/** Of ports that nothing but the image names as many are asked. */
const ASKED_PORTS_MAX = 8;

/** Labels decide; where they say nothing, what the image or the command exposes is asked. */
export function planPorts(container: Container, labels: ScrapeLabels): PortPlan {
  if (labels.scrape === false) return nothing(labels.decidedBy);
  if (labels.ports.length > 0) {
    const ports = labels.ports.map((port) => planned(port, labels, true));
    return { because: labels.decidedBy, ports, leftOut: 0 };
  }
  const exposed = exposedPorts(container);
  if (labels.scrape === true) return planWanted(exposed, labels);
  if (exposed.length === 0) return nothing('no port is exposed');
  const speaking = exposed.filter((port) => !SILENT_PORTS.has(port));
  if (speaking.length === 0) {
    return nothing(`only ports of programs that speak no HTTP are exposed (${exposed.join(', ')})`);
  }
  return limited(speaking, labels, `the image or the command exposes ${speaking.join(', ')}`);
}

function planWanted(exposed: readonly number[], labels: ScrapeLabels): PortPlan {
  if (exposed.length === 0) {
    return nothing(`${labels.decidedBy}, but no port is exposed: name one with narthex.port`);
  }
  if (exposed.length === 1) {
    const ports = exposed.map((port) => planned(port, labels, true));
    return { because: labels.decidedBy, ports, leftOut: 0 };
  }
  return limited(exposed, labels, `${labels.decidedBy}, and ${exposed.join(', ')} are exposed`);
}

function limited(ports: readonly number[], labels: ScrapeLabels, because: string): PortPlan {
  return {
    because,
    ports: ports.slice(0, ASKED_PORTS_MAX).map((port) => planned(port, labels, false)),
    leftOut: Math.max(0, ports.length - ASKED_PORTS_MAX),
  };
}

function planned(port: number, labels: ScrapeLabels, isWanted: boolean): PlannedPort {
  return {
    port,
    paths: labels.path === '' ? USUAL_PATHS : [labels.path],
    scheme: labels.scheme === '' ? 'http' : labels.scheme,
    isWanted,
  };
}

function nothing(because: string): PortPlan {
  return { because, ports: [], leftOut: 0 };
}

/** A published port is exposed, even where the engine does not say so. */
function exposedPorts({ exposedPorts, publishedPorts }: Container): readonly number[] {
  const all = new Set([...exposedPorts, ...publishedPorts.map(({ port }) => port)]);
  return [...all].toSorted((a, b) => a - b);
}
