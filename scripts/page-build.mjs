// What the build of the page does beyond Vite: parts of the code that come when they are needed.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, 'web');

/**
 * Modules with a stand-in that loads them when a dashboard needs them. Who imports which file of the module: past its
 * index, by which everything that it lists would come at once.
 */
const LATE = {
  '#patterns': { 'patterns.ts': 'simple-search.ts', 're2.ts': 'compile-search.ts' },
  '#filters': { 'filters.ts': 'apply-filters.ts', 'query-filters.ts': 'apply-filters.ts' },
};

export function lateModules() {
  const folder = join(web, 'dashboards', 'needed');
  return {
    name: 'late-modules',
    enforce: 'pre',
    resolveId(id, importer = '') {
      const files = LATE[id];
      if (files === undefined) return null;
      const file = dirname(importer) === folder ? files[basename(importer)] : undefined;
      if (file !== undefined) return join(root, 'src', id.slice(1), file);
      return join(folder, Object.keys(files)[0]);
    },
  };
}

/** Lists of modules name RE2 and the parser beside what the page uses at once; by themselves they come when they are used. */
export const lateChunks = {
  includeDependenciesRecursively: false,
  groups: [
    { name: 're2', test: /\/re2js\/|\/src\/model\/(?:regexp|matcher)\.ts$|compile-search\.ts$/ },
    { name: 'promql', test: /\/src\/(?:promql\/(?:parse|print)|filters)\// },
  ],
};

const MANTINE_CLASSES = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/;

/** Which layer wins is decided by the first file that names them, and that may be one of Mantine's. */
const LAYERS = readFileSync(join(web, 'styles', 'layers.css'), 'utf8');

/** Styles of Mantine's components come with their code, in a layer, so that ours win wherever they stand. */
export function mantineStyles() {
  return {
    name: 'mantine-styles',
    enforce: 'pre',
    transform(code, id) {
      if (/@mantine\/core\/styles\/\w+\.layer\.css$/.test(id)) return `${LAYERS}${code}`;
      const component = MANTINE_CLASSES.exec(id)?.[1];
      if (component === undefined) return null;
      const style = join(root, 'node_modules/@mantine/core/styles', `${component}.layer.css`);
      return {
        code: `import ${JSON.stringify(style)};\n${code}`,
        map: null,
        moduleSideEffects: true,
      };
    },
  };
}

/** What the first load of a page may cost, in bytes as they are sent (gzip). */
const FIRST_LOAD_BYTES_MAX = 300_000;
/** With the two parts that come beside the others where a dashboard has a text or a pattern that needs RE2. */
const WITH_ALL_PARTS_BYTES_MAX = 365_000;

const PANELS = ['Timeseries', 'Stat', 'Gauge', 'BarGauge', 'Table'];

/** What each page loads until it is drawn, besides the entry: paths below web/, without what only an editor needs. */
const FIRST_LOADS = {
  '/containers': ['pages/containers/ContainersPage.tsx'],
  '/query': ['query/QueryPage.tsx', 'query/graph/Chart.tsx'],
  '/targets': ['pages/TargetsPage.tsx'],
  '/dashboards': ['dashboards/DashboardsPage.tsx'],
  '/d/…': [
    'dashboards/DashboardPage.tsx',
    ...PANELS.map((name) => `dashboards/panels/${name}Panel.tsx`),
  ],
  '/d/… with RE2, Markdown': [
    'dashboards/DashboardPage.tsx',
    'dashboards/needed/re2.ts',
    ...PANELS.map((name) => `dashboards/panels/${name}Panel.tsx`),
    'dashboards/panels/TextPanel.tsx',
  ],
};

/** Measures the first load of each page and fails the build where it is over the budget; the numbers go to first-load.json. */
export function pageBudget() {
  return {
    name: 'page-budget',
    generateBundle(_options, bundle) {
      const sizes = {};
      for (const [page, modules] of Object.entries(FIRST_LOADS)) {
        sizes[page] = firstLoad(
          bundle,
          ['index.html', ...modules].map((path) => join(web, path)),
        );
      }
      this.emitFile({
        type: 'asset',
        fileName: 'first-load.json',
        source: `${JSON.stringify(sizes, null, 2)}\n`,
      });
      for (const [page, bytes] of Object.entries(sizes)) {
        const bytesMax = page.includes(' ') ? WITH_ALL_PARTS_BYTES_MAX : FIRST_LOAD_BYTES_MAX;
        if (bytes <= bytesMax) continue;
        this.error(`the first load of ${page} is ${bytes} bytes, ${bytesMax} at most`);
      }
    },
  };
}

function firstLoad(bundle, modules) {
  const files = new Set();
  const add = (name) => {
    const chunk = bundle[name];
    if (files.has(name) || chunk?.type !== 'chunk') return;
    files.add(name);
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css);
    for (const other of chunk.imports) add(other);
  };
  for (const module of modules) {
    const found = Object.values(bundle).find(
      (chunk) => chunk.facadeModuleId === module || chunk.moduleIds?.includes(module),
    );
    if (found === undefined) throw new Error(`BUG: ${module} is in no chunk of the page`);
    add(found.fileName);
  }
  let bytes = 0;
  for (const name of files)
    bytes += gzipSync(bundle[name].code ?? bundle[name].source, { level: 9 }).length;
  return bytes;
}
