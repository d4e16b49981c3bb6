import { unitList } from './unit-list.ts';

/** A unit that a person can choose. */
export interface UnitChoice {
  readonly id: string;
  readonly name: string;
  readonly group: string;
}

/** Those that dashboards use most, by what is measured: a title, then `id name`. */
const named = `
Plain
none number
short number, shortened (1.2 K)
sishort number, shortened by SI
locale number as it is written here
sci scientific (1e+6)
hex hexadecimal
hex0x hexadecimal, with 0x
string text

Share
percent percent (0 to 100)
percentunit percent (0.0 to 1.0)

Data
bytes bytes (1 KiB = 1024)
decbytes bytes (1 kB = 1000)
bits bits (1 Kib = 1024)
decbits bits (1 kb = 1000)
kbytes kibibytes
mbytes mebibytes
gbytes gibibytes
tbytes tebibytes
deckbytes kilobytes
decmbytes megabytes
decgbytes gigabytes
dectbytes terabytes

Data over time
binBps bytes per second (1 KiB = 1024)
Bps bytes per second (1 kB = 1000)
binbps bits per second (1 Kib = 1024)
bps bits per second (1 kb = 1000)
KBs kilobytes per second
MBs megabytes per second
GBs gigabytes per second
Kbits kilobits per second
Mbits megabits per second
Gbits gigabits per second
pps packets per second

Events over time
reqps requests per second
ops operations per second
cps counts per second
rps reads per second
wps writes per second
iops input and output per second
eps events per second
mps messages per second
recps records per second
rowsps rows per second
reqpm requests per minute
opm operations per minute
cpm counts per minute
rpm reads per minute
wpm writes per minute
epm events per minute
mpm messages per minute

Duration
s seconds
ms milliseconds
µs microseconds
ns nanoseconds
m minutes
h hours
d days
dtdurations duration in words (seconds)
dtdurationms duration in words (milliseconds)
dthms hh:mm:ss (seconds)
dtdhms d hh:mm:ss (seconds)
clocks clock (seconds)
clockms clock (milliseconds)
timeticks ticks of a hundredth of a second

Instant (milliseconds)
dateTimeAsIso 2025-12-31 23:59:59
dateTimeAsIsoNoDateIfToday 2025-12-31 23:59:59, the time alone of today
dateTimeAsUS 12/31/2025 11:59:59 pm
dateTimeAsLocal as it is written here
dateTimeFromNow from now, in words

Yes or no
bool True or False
bool_yes_no Yes or No
bool_on_off On or Off

Temperature
celsius degrees Celsius (°C)
fahrenheit degrees Fahrenheit (°F)
kelvin kelvin (K)

Electricity and energy
watt watt
kwatt kilowatt
mwatt milliwatt
volt volt
mvolt millivolt
amp ampere
mamp milliampere
watth watt-hour
kwatth kilowatt-hour
joule joule
ohm ohm
dBm decibel-milliwatt

Rotation and frequency
rotrpm revolutions per minute
hertz hertz
rothz hertz of a rotation
rotmhz megahertz
rotghz gigahertz

Computing
flops operations with a point, per second
Hs hashes per second

Money
currencyUSD dollar ($)
currencyEUR euro (€)
currencyGBP pound (£)
currencyJPY yen (¥)
currencyCHF Swiss franc
`;

const familyGroups = {
  decimal: 'More, in steps of 1000',
  binary: 'More, in steps of 1024',
  count: 'More events over time',
  plain: 'More',
  currency: 'More money',
} as const;

/** All units, those that are used most first. */
export const unitChoices: readonly UnitChoice[] = readChoices();

function readChoices(): UnitChoice[] {
  const choices = named
    .trim()
    .split('\n\n')
    .flatMap((part) => {
      const [group = '', ...lines] = part.split('\n');
      return lines.map((line) => {
        const space = line.indexOf(' ');
        return { id: line.slice(0, space), name: line.slice(space + 1), group };
      });
    });
  const known = new Set(choices.map(({ id }) => id));
  for (const [id, { family, symbol }] of unitList) {
    if (known.has(id)) continue;
    choices.push({ id, name: symbol.replace(/<$/, ''), group: familyGroups[family] });
  }
  return choices;
}

/** Units in which all words of a search are found, best first: whose id or name begins with it. */
export function searchUnits(text: string): readonly UnitChoice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = unitChoices.filter(({ id, name, group }) => {
    const all = `${id} ${name} ${group}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const [first = ''] = words;
  const rank = ({ id, name }: UnitChoice): number =>
    id.toLowerCase() === first
      ? 0
      : name.toLowerCase().startsWith(first) || id.toLowerCase().startsWith(first)
        ? 1
        : 2;
  return found.toSorted((a, b) => rank(a) - rank(b));
}

/** The name of a unit of a file; a text of one's own is its own name. */
export function unitName(id: string): string {
  return unitChoices.find((choice) => choice.id === id)?.name ?? id;
}
