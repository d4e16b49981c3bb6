// What the build of the page does beyond Vite: parts of the code that come when they are needed.
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

const MANTINE_CLASSES = /@mantine\/core\/esm\/components\/.*\/(\w+)\.module\.mjs$/;

/** Styles of Mantine's components come with their code, in a layer, so that ours win wherever they stand. */
export function mantineStyles() {
  return {
    name: 'mantine-styles',
    transform(code, id) {
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
