// Random expressions without end: `npm run fuzz -- --expressions=100000 --seed=1`. `--variants` compares the engine
// with itself: range queries with instant ones, plain memory with the real storage.
import { agreesWithTwin, type Check, runSeed, type Tally } from './report.ts';
import { CASES_PER_DATA, worldOfSeed } from './case.ts';
import { openStores, type Store } from './stores.ts';
import { stepsDifference, storesDifference } from './variants.ts';

function option(name: string, value: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  return given === undefined ? value : Number(given.slice(name.length + 3));
}

const seed = option('seed', Math.floor(Math.random() * 2 ** 30));
const expressions = option('expressions', 10_000);
const failuresMax = option('failures', 10);
const isOfVariants = process.argv.includes('--variants');
const tally: Tally = new Map();
let stores: Store[] = [];
const variants: Check = (world, text, grid) =>
  stepsDifference(world, text, grid) ?? storesDifference(world, stores, { text, grid });
const check = isOfVariants ? variants : agreesWithTwin(tally);

const begunMs = Date.now();
let failures = 0;
for (let i = 0; i < expressions && failures < failuresMax; i++) {
  const isOfNewData = i === 0 || (seed + i) % CASES_PER_DATA === 0;
  if (isOfVariants && isOfNewData) stores = await openStores(worldOfSeed(seed + i).data, seed + i);
  const failure = runSeed({ seed: seed + i }, check);
  if (failure === undefined) continue;
  failures++;
  console.log(failure);
}
const seconds = (Date.now() - begunMs) / 1000;
console.log(JSON.stringify({ seed, expressions, seconds, failures, ...Object.fromEntries(tally) }));
process.exitCode = failures === 0 ? 0 : 1;
