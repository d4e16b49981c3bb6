/*
 * The decoder of chunks in WebAssembly: 64-bit words are what the encoding is made of, and nothing checks
 * each look into memory as V8 does before each look into a typed array. The encoding is drawn in
 * chunk-encoder.ts.
 *
 *     0     DATA_TOP, TIMES       VALUES             BYTES
 *     | <- data | ROWS_MAX times -> | ROWS_MAX values -> | data as they came -> |
 *
 * The data of a chunk lie backwards: the first byte just below the top, the next below it. So the 64 bits
 * from any byte on are one load, the first bit highest. A chunk may say that it has more samples than its
 * data can hold; what is then read below its data means nothing, but is there.
 */

const PAGE_BYTES = 65_536;
const DATA_PAGES = 20;
const COLUMN_PAGES = 8;

/** More than the 145 bits that each of the most samples of a chunk may take. */
export const DATA_TOP: number = DATA_PAGES * PAGE_BYTES;
/** In bytes, as the memory is one array. */
export const TIMES: number = DATA_TOP;
export const VALUES: number = DATA_TOP + COLUMN_PAGES * PAGE_BYTES;
/** That fit the columns; as many as a chunk may have and one more. */
export const ROWS_MAX: number = (COLUMN_PAGES * PAGE_BYTES) / 8;
export const BYTES: number = DATA_TOP + 2 * COLUMN_PAGES * PAGE_BYTES;
export const BYTES_MAX: number = DATA_TOP;

/** At least 57 bits from $bit on, the first one highest. Written out where it stands: calls are not inlined. */
const PEEK = `(i64.shl
  (i64.load (i32.sub (i32.const ${DATA_TOP - 8}) (i32.shr_u (local.get $bit) (i32.const 3))))
  (i64.extend_i32_u (i32.and (local.get $bit) (i32.const 7))))`;

/** Those of the 64 bits from $bit on that PEEK may lack. */
const REST = `(i64.shr_u
  (i64.load8_u (i32.sub (i32.const ${DATA_TOP - 9}) (i32.shr_u (local.get $bit) (i32.const 3))))
  (i64.extend_i32_u (i32.sub (i32.const 8) (i32.and (local.get $bit) (i32.const 7)))))`;

/** Findings, above the number of rows. A sample after the end was left out. */
export const CUT: number = 1 << 24;
/** The rows may not all be equally far apart. */
export const UNEVEN: number = 1 << 25;
export const ROWS_MASK: number = CUT - 1;

/** What is found in values: a stale marker, a value less than the one before. */
export const STALE: number = 1;
export const FALLS: number = 2;

function note(finding: 'CUT' | 'UNEVEN'): string {
  const bit = { CUT, UNEVEN }[finding];
  return `(local.set $findings (i32.or (local.get $findings) (i32.const ${bit})))`;
}

/** Ends at a sample after the end; one before the start is overwritten by the next. */
const PUT_SAMPLE = `
  (if (f64.gt (local.get $time) (local.get $endMs)) (then
    ${note('CUT')} (br $done)))
  (f64.store offset=${TIMES} (local.get $at) (local.get $time))
  (i64.store offset=${VALUES} (local.get $at) (local.get $value))
  (local.set $at (i32.add (local.get $at)
    (i32.shl (f64.ge (local.get $time) (local.get $startMs)) (i32.const 3))))`;

export const CHUNK_KERNEL: string = `(module
  (memory (export "memory") ${2 * (DATA_PAGES + COLUMN_PAGES)})
  ;; Behind the last number that was read.
  (global $endBit (export "endBit") (mut i32) (i32.const 0))
  ;; Of the rows so far: the time of the last sample, how far they lie apart, and what is known of them.
  (global $lastTime (mut f64) (f64.const 0))
  (global $step (mut f64) (f64.const 0))
  (global $findings (mut i32) (i32.const 0))

  ;; Turns so many bytes from BYTES on into data, sixteen at a time; what more there is comes along.
  (func (export "turn") (param $count i32)
    (local $from i32) (local $to i32)
    (local.set $from (i32.const ${BYTES}))
    (local.set $to (i32.const ${DATA_TOP - 16}))
    (loop $next
      (v128.store (local.get $to) (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0
        (v128.load (local.get $from)) (v128.load (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.sub (local.get $to) (i32.const 16)))
      (br_if $next (i32.gt_s (local.tee $count (i32.sub (local.get $count) (i32.const 16))) (i32.const 0)))))

  ;; A number in groups of seven bits, the lowest first; from a whole byte on.
  (func $uvarint (param $bit i32) (result i64)
    (local $byte i64) (local $shift i64) (local $number i64)
    (loop $next
      (local.set $byte (i64.shr_u ${PEEK} (i64.const 56)))
      (local.set $number (i64.or (local.get $number)
        (i64.shl (i64.and (local.get $byte) (i64.const 127)) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (local.set $bit (i32.add (local.get $bit) (i32.const 8)))
      (br_if $next (i32.and
        (i64.gt_u (local.get $byte) (i64.const 127))
        (i64.lt_u (local.get $shift) (i64.const 64)))))
    (global.set $endBit (local.get $bit))
    (local.get $number))

  ;; Decodes a chunk of at least one sample into the columns, from a row on; what is found goes on from the
  ;; chunk before unless that row is the first. The answer is the row behind the last sample that lies within
  ;; the bounds, and the findings.
  (func (export "decode")
    (param $row i32) (param $count i32) (param $startMs f64) (param $endMs f64) (result i32)
    (local $bit i32) (local $flags i64) (local $time f64) (local $delta f64) (local $value i64)
    (local $leading i32) (local $significant i32) (local $cut i64) (local $trailing i64) (local $at i32)
    (local $findings i32)

    (if (local.get $row) (then (local.set $findings (global.get $findings))))
    (local.set $at (i32.shl (local.get $row) (i32.const 3)))
    (local.set $value (call $uvarint (i32.const 0)))
    (local.set $time (f64.convert_i64_s (i64.xor
      (i64.shr_u (local.get $value) (i64.const 1))
      (i64.sub (i64.const 0) (i64.and (local.get $value) (i64.const 1))))))
    (local.set $bit (global.get $endBit))
    (local.set $value ${PEEK})
    (local.set $bit (i32.add (local.get $bit) (i32.const 64)))
    (if (local.get $row)
      (then (if (f64.ne (f64.sub (local.get $time) (global.get $lastTime)) (global.get $step)) (then
        ${note('UNEVEN')})))
      ;; Of a single sample; no two lie so close.
      (else (global.set $step (f64.const 0))))
    (block $done
      ${PUT_SAMPLE}
      (br_if $done (i32.eqz (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
      (local.set $delta (f64.convert_i64_u (call $uvarint (local.get $bit))))
      (local.set $bit (global.get $endBit))
      (local.set $flags ${PEEK})
      (if (local.get $row)
        (then (if (f64.ne (local.get $delta) (global.get $step)) (then ${note('UNEVEN')})))
        (else (global.set $step (local.get $delta))))
      (loop $next
        (local.set $time (f64.add (local.get $time) (local.get $delta)))
        (if (i64.ge_s (local.get $flags) (i64.const 0))
          (then (local.set $bit (i32.add (local.get $bit) (i32.const 1))))
          (else
            (if (i64.ge_s (i64.shl (local.get $flags) (i64.const 1)) (i64.const 0))
              (then (local.set $bit (i32.add (local.get $bit) (i32.const 2))))
              (else
                ;; Another window: five bits of leading zeros, six of significant bits, 0 for 64 of them.
                (local.set $leading (i32.and
                  (i32.wrap_i64 (i64.shr_u (local.get $flags) (i64.const 57))) (i32.const 31)))
                (local.set $significant (i32.and
                  (i32.wrap_i64 (i64.shr_u (local.get $flags) (i64.const 51))) (i32.const 63)))
                (if (i32.eqz (local.get $significant)) (then (local.set $significant (i32.const 64))))
                (local.set $cut (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $significant))))
                (local.set $trailing
                  (i64.sub (local.get $cut) (i64.extend_i32_u (local.get $leading))))
                (local.set $bit (i32.add (local.get $bit) (i32.const 13)))))
            (local.set $flags ${PEEK})
            (if (i32.gt_u (local.get $significant) (i32.const 57)) (then
              (local.set $flags (i64.or (local.get $flags) ${REST}))))
            (local.set $value (i64.xor (local.get $value)
              (i64.shl (i64.shr_u (local.get $flags) (local.get $cut)) (local.get $trailing))))
            (local.set $bit (i32.add (local.get $bit) (local.get $significant)))))
        ${PUT_SAMPLE}
        (br_if $done (i32.eqz (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (local.set $flags ${PEEK})
        (if (i64.ge_s (local.get $flags) (i64.const 0))
          (then
            (local.set $bit (i32.add (local.get $bit) (i32.const 1)))
            (local.set $flags (i64.shl (local.get $flags) (i64.const 1))))
          (else
            ${note('UNEVEN')}
            (local.set $delta (f64.add (local.get $delta)
              (call $dod (local.get $bit) (local.get $flags))))
            (local.set $bit (global.get $endBit))
            (local.set $flags ${PEEK})))
        (br $next)))
    (global.set $endBit (local.get $bit))
    (global.set $lastTime (local.get $time))
    (global.set $findings (local.get $findings))
    (i32.or (i32.shr_u (local.get $at) (i32.const 3)) (local.get $findings)))

  ;; What is found in so many values, at least one: two at a time, beside those that follow them.
  (func (export "look") (param $rows i32) (result i32)
    (local $at i32) (local $end i32) (local $these v128) (local $stale v128) (local $falls v128)
    (local $staleMarker v128) (local $last i64)
    (local.set $staleMarker (i64x2.splat
      (i64.or (i64.shl (i64.const 2047) (i64.const 52)) (i64.const 2))))
    (local.set $end (i32.shl (local.get $rows) (i32.const 3)))
    ;; The last one once more behind itself, twice: nothing falls from there.
    (local.set $last (i64.load offset=${VALUES - 8} (local.get $end)))
    (i64.store offset=${VALUES} (local.get $end) (local.get $last))
    (i64.store offset=${VALUES + 8} (local.get $end) (local.get $last))
    (loop $next
      (local.set $these (v128.load offset=${VALUES} (local.get $at)))
      (local.set $stale (v128.or (local.get $stale)
        (i64x2.eq (local.get $these) (local.get $staleMarker))))
      (local.set $falls (v128.or (local.get $falls)
        (f64x2.lt (v128.load offset=${VALUES + 8} (local.get $at)) (local.get $these))))
      (br_if $next (i32.lt_u
        (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (i32.or
      (v128.any_true (local.get $stale))
      (i32.shl (v128.any_true (local.get $falls)) (i32.const 1))))

  ;; By how much the time step changes, where it does: 14, 17, 20 or 64 bits behind 10, 110, 1110, 1111. One
  ;; more number above zero than below.
  (func $dod (param $bit i32) (param $flags i64) (result f64)
    (local $size i64) (local $prefix i64) (local $number i64)
    (if (i64.ge_s (i64.shl (local.get $flags) (i64.const 1)) (i64.const 0))
      (then (local.set $prefix (i64.const 2)) (local.set $size (i64.const 14)))
      (else
        (if (i64.ge_s (i64.shl (local.get $flags) (i64.const 2)) (i64.const 0))
          (then (local.set $prefix (i64.const 3)) (local.set $size (i64.const 17)))
          (else
            (local.set $prefix (i64.const 4))
            (local.set $size (select (i64.const 20) (i64.const 64)
              (i64.ge_s (i64.shl (local.get $flags) (i64.const 3)) (i64.const 0))))))))
    (local.set $bit (i32.add (local.get $bit) (i32.wrap_i64 (local.get $prefix))))
    (global.set $endBit (i32.add (local.get $bit) (i32.wrap_i64 (local.get $size))))
    (if (i64.eq (local.get $size) (i64.const 64)) (then
      (return (f64.convert_i64_s (i64.or ${PEEK} ${REST})))))
    (local.set $number (i64.shr_u ${PEEK}
      (i64.sub (i64.const 64) (local.get $size))))
    ;; The highest bit alone is the one more above zero.
    (f64.convert_i64_s (select
      (i64.sub (local.get $number) (i64.shl (i64.const 1) (local.get $size)))
      (local.get $number)
      (i64.gt_u (local.get $number)
        (i64.shl (i64.const 1) (i64.sub (local.get $size) (i64.const 1))))))))`;
