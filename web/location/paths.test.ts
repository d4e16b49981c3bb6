import { describe, expect, it } from 'vitest';
import { parsePath } from './paths.ts';
import { changeSearch, readList, writeList } from './search-params.ts';

describe('paths of pages', () => {
  it.each([
    ['/', '', undefined, '', ''],
    ['/query', '', 'query', 'query', ''],
    ['/graph', '', 'query', 'graph', ''],
    ['/targets/', '', 'targets', 'targets', ''],
    ['/some/prefix/targets', '/some/prefix', 'targets', 'targets', ''],
    ['/some/prefix/', '/some/prefix', undefined, '', ''],
    ['/query/deep', '', 'query', 'query', 'deep'],
    ['/containers', '', 'containers', 'containers', ''],
    ['/containers/gallery-web-1', '', 'containers', 'containers', 'gallery-web-1'],
    ['/p/containers/stack_web.2/', '/p', 'containers', 'containers', 'stack_web.2'],
    ['/containers/default/pod/a%20b', '', 'containers', 'containers', 'default/pod/a b'],
    ['/containers/50%', '', 'containers', 'containers', '50%'],
    ['/dashboards', '', 'dashboards', 'dashboards', ''],
    ['/d/rYdddlPWk/node-exporter-full', '', 'd', 'd', 'rYdddlPWk/node-exporter-full'],
    ['/alerts', '', undefined, 'alerts', ''],
  ])('%s below %j', (pathname, prefix, ...[page, name, item]) => {
    expect(parsePath(pathname, prefix)).toEqual({ page, name, item });
  });
});

describe('parameters of pages', () => {
  it('removes what is empty and keeps the rest', () => {
    expect(changeSearch('?a=1&b=2', { a: '', c: '3' })).toBe('?b=2&c=3');
    expect(changeSearch('?a=1', { a: undefined })).toBe('');
  });

  it.each([[['a', 'b']], [['a,b', '50%', '%2C']], [[]]])('keeps the list %j', (items) => {
    const params = new URLSearchParams(changeSearch('', { list: writeList(items) }));
    expect(readList(params, 'list')).toEqual(items);
  });
});
