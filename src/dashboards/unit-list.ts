/** Units scaled by thousands: symbol and the ids of its steps, `^` and the step where it is not 0. */
const decimal = `
B decbytes deckbytes^1 decmbytes^2 decgbytes^3 dectbytes^4 decpbytes^5
b decbits
p/s pps
B/s Bps KBs^1 MBs^2 GBs^3 TBs^4 PBs^5
b/s bps Kbits^1 Mbits^2 Gbits^3 Tbits^4 Pbits^5
FLOP/s flops mflops^2 gflops^3 tflops^4 pflops^5 eflops^6 zflops^7 yflops^8
W watt mwatt^-1 kwatt^1 megwatt^2 gwatt^3
VA voltamp kvoltamp^1
VAr voltampreact kvoltampreact^1
Wh watth kwatth^1
Wh/kg watthperkg
W-Min kwattm^1
Ah amph mamph^-1 kamph^1
J joule
eV ev
A amp mamp^-1 kamp^1
V volt mvolt^-1 kvolt^1
dBm dBm
Ω ohm mohm^-1 kohm^1 Mohm^2
F farad ffarad^-5 pfarad^-4 nfarad^-3 µfarad^-2
H henry µhenry^-2 mhenry^-1
Lm lumens
N forceN forcekN^1
Nm forceNm forcekNm^1
H/s Hs KHs^1 MHs^2 GHs^3 THs^4 PHs^5 EHs^6
g massg massmg^-1 masskg^1
m lengthm lengthmm^-1 lengthkm^1
bar pressurebar pressurembar^-1 pressurekbar^1
Pa pressurepa
Hz hertz rothz rotkhz^1 rotmhz^2 rotghz^3
L litre mlitre^-1
Bq radbq
Ci radci
Gy radgy
rad radrad
Sv radsv radmsv^-1 radusv^-2
rem radrem
C/kg radexpckg
R radr
Sv/h radsvh radmsvh^-1 radusvh^-2
`;

/** Units scaled by 1024. */
const binary = `
B bytes kbytes^1 mbytes^2 gbytes^3 tbytes^4 pbytes^5
b bits
B/s binBps KiBs^1 MiBs^2 GiBs^3 TiBs^4 PiBs^5
b/s binbps Kibits^1 Mibits^2 Gibits^3 Tibits^4 Pibits^5
`;

/** Counts over time, with K, M, B, T. */
const count = `
c/s cps
ops/s ops
req/s reqps
rd/s rps
wr/s wps
io/s iops
evt/s eps
msg/s mps
rec/s recps
rows/s rowsps
c/m cpm
ops/m opm
req/m reqpm
rd/m rpm
wr/m wpm
evt/m epm
msg/m mpm
rec/m recpm
rows/m rowspm
`;

/** Units that are not scaled. */
const plain = `
%H humidity
dB dB
cd candela
px pixel
m/sec² accMS2
f/sec² accFS2
g accG
° degree
rad radian
grad grad
arcmin arcmin
arcsec arcsec
m² areaM2
ft² areaF2
mi² areaMI2
ac areaacres
ha areahectares
ppm ppm
ppb conppb
ng/m³ conngm3
ng/Nm³ conngNm3
μg/m³ conμgm3
μg/Nm³ conμgNm3
mg/m³ conmgm3
mg/Nm³ conmgNm3
g/m³ congm3
g/Nm³ congNm3
mg/dL conmgdL
mmol/L conmmolL
W/m² Wm2
gpm flowgpm
cms flowcms
cfs flowcfs
cfm flowcfm
L/h litreh
L/min flowlpm
mL/min flowmlpm
lux lux
t masst
lb masslb
ft lengthft
in lengthin
mi lengthmi
hPa pressurehpa
kPa pressurekpa
"Hg pressurehg
rpm rotrpm
rad/s rotrads
°/s rotdegs
°C celsius
°F fahrenheit
K kelvin
m/s velocityms
km/h velocitykmh
mph velocitymph
kn velocityknot
m³ m3
Nm³ Nm3
dm³ dm3
gal gallons
`;

/** Money; a symbol that ends in `<` stands before the number. */
const currency = `
$< currencyUSD
£< currencyGBP
€< currencyEUR
¥< currencyJPY currencyCNY
₽< currencyRUB
₴< currencyUAH
R$< currencyBRL
kr currencyDKK currencyISK currencyNOK currencySEK
czk< currencyCZK
CHF< currencyCHF
PLN< currencyPLN
฿< currencyBTC
mBTC< currencymBTC
μBTC< currencyμBTC
R< currencyZAR
₹< currencyINR
₩< currencyKRW
Rp< currencyIDR
PHP< currencyPHP
VND currencyVND
₺< currencyTRY
RM< currencyMYR
XPF< currencyXPF
лв currencyBGN
₲< currencyPYG
UYU< currencyUYU
₪< currencyILS
₸ currencyKZT
`;

export type UnitFamily = 'decimal' | 'binary' | 'count' | 'plain' | 'currency';

export interface UnitOfFamily {
  readonly family: UnitFamily;
  readonly symbol: string;
  /** In steps of the family: what a value of 1 already is. */
  readonly offset: number;
}

/** Grafana's ids. */
export const unitList: ReadonlyMap<string, UnitOfFamily> = new Map([
  ...readList(decimal, 'decimal'),
  ...readList(binary, 'binary'),
  ...readList(count, 'count'),
  ...readList(plain, 'plain'),
  ...readList(currency, 'currency'),
]);

function readList(list: string, family: UnitFamily): [string, UnitOfFamily][] {
  return list
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [symbol = '', ...ids] = line.split(' ');
      return ids.map((word): [string, UnitOfFamily] => {
        const [id = '', offset = '0'] = word.split('^');
        return [id, { family, symbol, offset: Number(offset) }];
      });
    });
}
