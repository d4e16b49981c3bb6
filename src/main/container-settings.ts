/** Whether containers are watched, and how their series are labelled. */
export interface ContainerSettings {
  readonly isOn: boolean;
  /** As `--docker.host` says; '' where it says nothing. */
  readonly dockerHost: string;
  readonly idStyle: 'role' | 'docker' | 'cgroup';
  /** Which of a container's labels its series carry. */
  readonly labels: 'all' | 'none' | readonly string[];
}

export function containerSettings(text: (flag: string) => string): ContainerSettings {
  const labels = text('containers.labels').trim();
  return {
    isOn: text('containers') !== 'off',
    dockerHost: text('docker.host'),
    idStyle: text('containers.id-style') as ContainerSettings['idStyle'],
    labels: labels === 'all' || labels === 'none' ? labels : labelNames(labels),
  };
}

function labelNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
