import { createLog } from '#platform';
import { parseFlags } from '../parse-flags.ts';
import { settingsOf } from '../settings.ts';
import { readConfig } from '../read-config.ts';
import { keptConfigText } from '../kept-config.ts';
import { lookOnce } from '../look-once.ts';
import { textOf } from './command.ts';
import type { CommandInput } from './command.ts';

/** Options that mean what the server's flags of that name mean. */
const FLAG_OPTIONS = [
  'docker.host',
  'web.listen-address',
  'web.external-url',
  'web.route-prefix',
] as const;

/** Prints the configuration that runs: that of a file as it counts, else what is found by looking once. */
export async function configShow(input: CommandInput): Promise<number> {
  const { options, output } = input;
  const log = createLog({
    level: 'warn',
    format: 'logfmt',
    write: (line) => output.writeError(line),
  });
  const file = textOf(options, 'config.file');
  if (file !== '') {
    const config = await readConfig(file, { log, features: new Set() });
    output.write(config.yaml);
    return 0;
  }
  const flags = FLAG_OPTIONS.map((name) => [name, textOf(options, name)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--${name}=${value}`);
  const settings = settingsOf(parseFlags(flags));
  output.writeError(
    '# looking at the containers of this machine; their exposed ports are asked once\n',
  );
  output.flush();
  output.write(keptConfigText(await lookOnce(settings, log)));
  return 0;
}
