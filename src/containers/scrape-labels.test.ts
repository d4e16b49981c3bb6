import { describe, expect, it } from 'vitest';
import { labelForms, readScrapeLabels } from './scrape-labels.ts';

describe('labels of a container', () => {
  it.each([
    [{}, { scrape: undefined, ports: [], decidedBy: '' }],
    [{ 'narthex.scrape': 'false' }, { scrape: false, decidedBy: 'narthex.scrape="false"' }],
    [
      { 'prometheus.io/scrape': 'TRUE' },
      { scrape: true, decidedBy: 'prometheus.io/scrape="TRUE"' },
    ],
    [{ 'prometheus-port': '9102' }, { ports: [9102], decidedBy: 'prometheus-port="9102"' }],
    [{ 'narthex.port': ' 80, 9102/tcp,80 ' }, { ports: [80, 9102] }],
    [{ 'narthex.port': '80', 'prometheus.io/port': '90' }, { ports: [80] }],
    [{ 'narthex.port': '', 'prometheus.io/port': '90' }, { ports: [90] }],
    [{ 'narthex.path': 'stats?format=prometheus' }, { path: '/stats?format=prometheus' }],
    [{ 'narthex.scheme': 'HTTPS' }, { scheme: 'https' }],
    [{ 'narthex.interval': '1m30s' }, { intervalMs: 90_000 }],
    [{ 'prometheus-job': 'shop' }, { job: 'shop' }],
    [{ 'prometheus-scrape.enabled': 'true' }, { scrape: true }],
  ])('%j say %j', (labels, expected) => {
    expect(readScrapeLabels(labels as Record<string, string>)).toMatchObject({
      ...expected,
      problems: [],
    });
  });

  it.each([
    [{ 'narthex.scrape': 'maybe' }, 'narthex.scrape="maybe"', 'true or false'],
    [{ 'narthex.port': '70000' }, 'narthex.port="70000"', 'write a port'],
    [{ 'narthex.port': '80,http' }, 'narthex.port="80,http"', 'write a port'],
    [{ 'narthex.path': '/a b' }, 'narthex.path="/a b"', 'write a path'],
    [{ 'narthex.scheme': 'ftp' }, 'narthex.scheme="ftp"', 'http or https'],
    [{ 'narthex.interval': '100ms' }, 'narthex.interval="100ms"', '1s or more'],
    [{ 'narthex.interval': 'soon' }, 'narthex.interval="soon"', '1s or more'],
  ])('%j cannot be read, and that is said', (labels, what, remedy) => {
    const { problems, ...read } = readScrapeLabels(labels);
    expect(problems).toEqual([expect.stringContaining(what)]);
    expect(problems[0]).toContain(remedy);
    expect(read).toMatchObject({ scrape: undefined, ports: [], path: '', scheme: '' });
    expect(read.intervalMs).toBe(0);
  });

  it.each([
    [{}, { 'narthex.scrape': 'false' }, { decidedBy: 'narthex.scrape="false" of its service' }],
    [{ 'narthex.scrape': 'true' }, { 'narthex.scrape': 'false' }, { scrape: true }],
    [{ 'narthex.path': '/a' }, { 'narthex.port': '80' }, { ports: [80], path: '/a' }],
    [{ 'prometheus-port': '90' }, { 'narthex.port': '80' }, { ports: [80] }],
    [{ 'narthex.port': ' ' }, { 'narthex.port': '80' }, { ports: [80] }],
    [{}, { 'narthex.port': 'x' }, { problems: [expect.stringContaining('"x" of its service')] }],
  ])('%j and %j of the service say %j', (own, ofService, expected) => {
    const [labels, more] = [own as Record<string, string>, ofService as Record<string, string>];
    expect(readScrapeLabels(labels, more)).toMatchObject(expected);
  });

  it('of very many ports the first sixteen count', () => {
    const ports = Array.from({ length: 30 }, (_, i) => 8000 + i);
    const read = readScrapeLabels({ 'narthex.port': ports.join(',') });
    expect(read.ports).toEqual(ports.slice(0, 16));
    expect(read.problems[0]).toContain('names 30 ports');
  });

  it('ours count before all others', () => {
    expect(labelForms('scrape')[0]).toBe('narthex.scrape');
  });
});
