import { expect, test } from 'vitest';
import { assembleWasm } from './wasm-text.ts';

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

function exportsOf(text: string): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(assembleWasm(text))).exports;
}

test('functions have parameters, locals, loops and branches', () => {
  const { sum } = exportsOf(`(module
    ;; 1 + 2 + ... + count
    (func (export "sum") (param $count i32) (result i32) (local $sum i32)
      (block $done
        (loop $next
          (br_if $done (i32.eqz (local.get $count)))
          (local.set $sum (i32.add (local.get $sum) (local.get $count)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next)))
      (local.get $sum)))`) as { sum: (count: number) => number };
  expect(sum(100)).toBe(5050);
  expect(sum(0)).toBe(0);
});

test('numbers of every size are constants', () => {
  for (const number of [
    0,
    63,
    64,
    -64,
    -65,
    127,
    128,
    8191,
    8192,
    -8193,
    2 ** 31 - 1,
    -(2 ** 31),
  ]) {
    const { i32, i64 } = exportsOf(`(module
      (func (export "i32") (result i32) (i32.const ${number}))
      (func (export "i64") (result i64) (i64.const ${number * 1024})))`) as {
      i32: () => number;
      i64: () => bigint;
    };
    expect(i32()).toBe(number);
    expect(i64()).toBe(BigInt(number * 1024));
  }
  const { f64 } = exportsOf('(module (func (export "f64") (result f64) (f64.const -1.5e300)))') as {
    f64: () => number;
  };
  expect(f64()).toBe(-1.5e300);
});

test('functions call each other, also those that come later', () => {
  const { outer } = exportsOf(`(module
    (func (export "outer") (param $x f64) (result f64) (f64.mul (call $inner (local.get $x)) (f64.const 2)))
    (func $inner (param $x f64) (result f64)
      (if (result f64) (f64.lt (local.get $x) (f64.const 0))
        (then (f64.neg (local.get $x)))
        (else (local.get $x)))))`) as { outer: (x: number) => number };
  expect(outer(-3)).toBe(6);
  expect(outer(4)).toBe(8);
});

test('memory and globals are shown', () => {
  const { memory, turns, turn } = exportsOf(`(module (memory (export "memory") 1)
    (global $turns (export "turns") (mut i32) (i32.const 7))
    (func (export "turn")
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (v128.store offset=16 (i32.const 0)
        (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0
          (v128.load (i32.const 0)) (v128.load (i32.const 0))))))`) as {
    memory: { buffer: ArrayBuffer };
    turns: { value: number };
    turn: () => void;
  };
  const bytes = new Uint8Array(memory.buffer);
  for (let i = 0; i < 16; i++) bytes[i] = i + 1;
  turn();
  expect([...bytes.subarray(16, 32)]).toEqual([...bytes.subarray(0, 16)].toReversed());
  expect(turns.value).toBe(8);
});

test.each([
  ['(module (func (i32.const 1)', /end of a list/],
  ['(module))', /not open/],
  ['(component)', /find a module/],
  ['(module (table))', /the field table/],
  ['(module (func (local.get $x)))', /find \$x/],
  ['(module (func (br $out)))', /find the block \$out/],
  ['(module (func (f32.const 1)))', /f32.const/],
  ['(module (func (i32.popcnt (i32.const 1))))', /i32.popcnt/],
  ['(module (func (param $x f16)))', /type f16/],
  ['(module (func (if (i32.const 1) (i32.const 2))))', /find then/],
  ['(module (func (i32.const one)))', /one as a number/],
])('%s is refused', (text, message) => {
  expect(() => assembleWasm(text)).toThrow(message);
});
