// Random expressions without end: `npm run fuzz -- --expressions=100000 --seed=1`.
import { runSeed, type Tally } from './report.ts';

function option(name: string, value: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  return given === undefined ? value : Number(given.slice(name.length + 3));
}

const seed = option('seed', Math.floor(Math.random() * 2 ** 30));
const expressions = option('expressions', 10_000);
const failuresMax = option('failures', 10);
const tally: Tally = new Map();
const begunMs = Date.now();
let failures = 0;
for (let i = 0; i < expressions && failures < failuresMax; i++) {
  const failure = runSeed({ seed: seed + i }, tally);
  if (failure === undefined) continue;
  failures++;
  console.log(failure);
}
const seconds = (Date.now() - begunMs) / 1000;
console.log(JSON.stringify({ seed, expressions, seconds, ...Object.fromEntries(tally) }));
process.exitCode = failures === 0 ? 0 : 1;
