import { describe, expect, it } from 'vitest';
import type { Container } from './container.ts';
import { DEFAULT_SERIES_LABELS, imageName, seriesLabels } from './series-labels.ts';
import { container as testContainer } from '../../test/fakes/containers.ts';

const ID = 'ab'.repeat(32);

function labelsOf(container: Container, options = DEFAULT_SERIES_LABELS, path = ''): object {
  return Object.fromEntries(seriesLabels(container, options, path));
}

describe('seriesLabels', () => {
  const container = testContainer('gallery-web-1', {
    id: ID,
    image: 'registry.local:5000/gallery/web:2.1@sha256:0123',
    labels: {
      'com.docker.compose.project': 'gallery',
      'com.docker.compose.config-hash': 'f00',
      'com.docker.compose.container-number': '1',
      'org.opencontainers.image.version': '2.1',
      'com.docker.swarm.task.id': 'xyz',
      empty: '',
      'a-b': 'first',
      a_b: 'second',
      long: 'x'.repeat(1000),
    },
  });

  it('are the same for a container that was made anew', () => {
    const labels = labelsOf(container);
    expect(labels).toEqual({
      id: '/docker/gallery-web-1',
      image: 'registry.local:5000/gallery/web',
      name: 'gallery-web-1',
      container_label_a_b: 'first',
      container_label_com_docker_compose_container_number: '1',
      container_label_com_docker_compose_project: 'gallery',
      container_label_long: 'x'.repeat(256),
    });
    const renewed = testContainer('gallery-web-1', { ...container, id: 'cd'.repeat(32) });
    expect(labelsOf(renewed)).toEqual(labels);
  });

  it('come sorted by name', () => {
    const names = seriesLabels(container, DEFAULT_SERIES_LABELS).map(([n]) => n);
    expect(names).toEqual(names.toSorted());
  });

  it('take none of the labels, or those of a list', () => {
    const names = ['none', ['com.docker.swarm.task.id']] as const;
    const taken = names.map((labels) =>
      Object.keys(labelsOf(container, { idStyle: 'role', labels })),
    );
    expect(taken).toEqual([
      ['id', 'image', 'name'],
      ['container_label_com_docker_swarm_task_id', 'id', 'image', 'name'],
    ]);
  });

  const styles: ['docker' | 'cgroup', path: string, id: string][] = [
    ['docker', '/x', `/docker/${ID}`],
    ['cgroup', `/system.slice/docker-${ID}.scope`, `/system.slice/docker-${ID}.scope`],
    ['cgroup', '', `/docker/${ID}`],
  ];
  it.each(styles)('name the container in the style %s (%s)', (idStyle, path, id) => {
    expect(labelsOf(container, { idStyle, labels: 'none' }, path)).toMatchObject({ id });
  });

  it('are bounded in number', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`l${String(i).padStart(3, '0')}`, 'x']),
    );
    expect(Object.keys(labelsOf(testContainer('web', { labels })))).toHaveLength(67);
  });
});

describe('imageName', () => {
  const cases: [string, string][] = [
    ['redis', 'redis'],
    ['redis:7.2', 'redis'],
    ['localhost:5000/redis', 'localhost:5000/redis'],
    ['localhost:5000/redis:7', 'localhost:5000/redis'],
    [`redis:7@sha256:${'0'.repeat(64)}`, 'redis'],
    [`redis@sha256:${'0'.repeat(64)}`, 'redis'],
    ['sha256:0123', 'sha256:0123'],
    ['', ''],
  ];
  it.each(cases)('%s is %s', (image, name) => {
    expect(imageName(image)).toBe(name);
  });
});
