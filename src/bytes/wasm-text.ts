/*
 * WebAssembly's own text, as far as small kernels need it, to its binary form: one memory, globals that are
 * numbers, functions with named locals, instructions folded or one after the other, blocks with names.
 *
 *     (module (memory (export "memory") 1)
 *       (func (export "add") (param $a i32) (param $b i32) (result i32)
 *         (i32.add (local.get $a) (local.get $b))))
 */

/** A list in brackets, or a word. */
type Node = string | readonly Node[];

const TYPES: Readonly<Record<string, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };

/** Opcodes of instructions that take nothing but what is on the stack. */
const PLAIN: Readonly<Record<string, number>> = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.gt_u': 0x4b,
  'i32.le_s': 0x4c,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.lt_u': 0x54,
  'i64.gt_s': 0x55,
  'i64.gt_u': 0x56,
  'i64.ge_s': 0x59,
  'f64.eq': 0x61,
  'f64.ne': 0x62,
  'f64.lt': 0x63,
  'f64.gt': 0x64,
  'f64.le': 0x65,
  'f64.ge': 0x66,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'f64.abs': 0x99,
  'f64.neg': 0x9a,
  'f64.add': 0xa0,
  'f64.sub': 0xa1,
  'f64.mul': 0xa2,
  'f64.div': 0xa3,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
  'i64.extend_i32_u': 0xad,
  'f64.convert_i32_s': 0xb7,
  'f64.convert_i32_u': 0xb8,
  'f64.convert_i64_s': 0xb9,
  'f64.convert_i64_u': 0xba,
};

/** The same where an opcode takes more bytes. */
const LONG: Readonly<Record<string, readonly number[]>> = {
  'i64x2.splat': [0xfd, 0x12],
  'f64x2.lt': [0xfd, 0x49],
  'v128.or': [0xfd, 0x50],
  'v128.any_true': [0xfd, 0x53],
  'i64x2.eq': [0xfd, 0xd6, 0x01],
};

/** Opcodes. Behind each stands log2 of the alignment that is promised: that of a byte. */
const MEMORY: Readonly<Record<string, readonly number[]>> = {
  'i32.load': [0x28],
  'i64.load': [0x29],
  'f64.load': [0x2b],
  'i64.load8_u': [0x31],
  'i32.store': [0x36],
  'i64.store': [0x37],
  'f64.store': [0x39],
  'v128.load': [0xfd, 0x00],
  'v128.store': [0xfd, 0x0b],
};

const SHUFFLE = [0xfd, 0x0d];
const LANES = 16;

const VARIABLES: Readonly<Record<string, number>> = {
  'local.get': 0x20,
  'local.set': 0x21,
  'local.tee': 0x22,
  'global.get': 0x23,
  'global.set': 0x24,
};

/** "\0asm" and the version. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const END = 0x0b;
const ELSE = 0x05;
const NO_RESULT = 0x40;

/** The binary form of a module. Throws SyntaxError where the text is not understood. */
export function assembleWasm(text: string): Uint8Array {
  const [module] = parseNodes(text);
  if (!isList(module) || module[0] !== 'module') throw new SyntaxError('cannot find a module');
  return new Assembler().module(module.slice(1));
}

function parseNodes(text: string): Node[] {
  const open: Node[][] = [[]];
  for (const [token] of text.matchAll(/;;[^\n]*|[()]|"[^"]*"|[^\s()";]+/g)) {
    const inner = open[open.length - 1];
    if (token === '(') open.push([]);
    else if (token === ')') {
      open.pop();
      if (open.length === 0) throw new SyntaxError('cannot close what is not open');
      open[open.length - 1].push(inner);
    } else if (!token.startsWith(';;')) inner.push(token);
  }
  if (open.length !== 1) throw new SyntaxError('cannot find the end of a list');
  return open[0];
}

function isList(node: Node | undefined): node is readonly Node[] {
  return Array.isArray(node);
}

function wordOf(node: Node | undefined): string {
  if (typeof node !== 'string') throw new SyntaxError(`cannot read ${shown(node)} as a word`);
  return node;
}

function shown(node: Node | undefined): string {
  return node === undefined ? 'the end' : isList(node) ? `(${node.map(shown).join(' ')})` : node;
}

function typeOf(node: Node | undefined): number {
  const type = TYPES[wordOf(node)];
  if (type === undefined) throw new SyntaxError(`cannot find the type ${shown(node)}`);
  return type;
}

class Assembler {
  readonly #types: number[][] = [];
  readonly #functions: number[][] = [];
  readonly #functionTypes: number[] = [];
  readonly #functionNames = new Map<string, number>();
  readonly #globals: number[][] = [];
  readonly #globalNames = new Map<string, number>();
  readonly #exports: number[][] = [];
  readonly #memories: number[][] = [];
  #locals = new Map<string, number>();
  /** Names of the blocks around, the innermost last. */
  readonly #labels: string[] = [];

  module(fields: readonly Node[]): Uint8Array {
    for (const field of fields) {
      if (isList(field) && field[0] === 'func') this.#nameFunction(field);
    }
    for (const field of fields) this.#field(field);
    return Uint8Array.from([
      ...HEADER,
      ...section(1, this.#types),
      ...section(
        3,
        this.#functionTypes.map((type) => unsigned(type)),
      ),
      ...section(5, this.#memories),
      ...section(6, this.#globals),
      ...section(7, this.#exports),
      ...section(10, this.#functions),
    ]);
  }

  #nameFunction([, name]: readonly Node[]): void {
    const index = this.#functionNames.size;
    const isNamed = typeof name === 'string' && name.startsWith('$');
    this.#functionNames.set(isNamed ? name : `${index}`, index);
  }

  #field(field: Node): void {
    if (!isList(field)) throw new SyntaxError(`cannot read ${shown(field)} as a field`);
    switch (field[0]) {
      case 'memory':
        this.#memory(field.slice(1));
        return;
      case 'global':
        this.#global(field.slice(1));
        return;
      case 'func':
        this.#function(field.slice(1));
        return;
      default:
        throw new SyntaxError(`cannot read the field ${shown(field[0])}`);
    }
  }

  #memory(parts: readonly Node[]): void {
    const rest = this.#exported(parts, 2, this.#memories.length);
    this.#memories.push([0, ...unsigned(Number(wordOf(rest[0])))]);
  }

  #global(parts: readonly Node[]): void {
    const index = this.#globals.length;
    this.#globalNames.set(wordOf(parts[0]), index);
    const [type, value] = this.#exported(parts.slice(1), 3, index);
    const isMutable = isList(type) && type[0] === 'mut';
    const valueType = typeOf(isMutable ? type[1] : type);
    this.#globals.push([valueType, isMutable ? 1 : 0, ...this.#expression(value), END]);
  }

  /** Takes the export off the front. */
  #exported(parts: readonly Node[], kind: number, index: number): readonly Node[] {
    const [first] = parts;
    if (!isList(first) || first[0] !== 'export') return parts;
    const name = Array.from(wordOf(first[1]).slice(1, -1), (unit) => unit.charCodeAt(0));
    this.#exports.push([...unsigned(name.length), ...name, kind, ...unsigned(index)]);
    return parts.slice(1);
  }

  #function(parts: readonly Node[]): void {
    const isNamed = typeof parts[0] === 'string';
    const index = this.#functions.length;
    let rest = this.#exported(isNamed ? parts.slice(1) : parts, 0, index);
    this.#locals = new Map();
    const params = this.#declared(rest, 'param');
    rest = rest.slice(params.length);
    const results = isList(rest[0]) && rest[0][0] === 'result' ? [typeOf(rest[0][1])] : [];
    rest = rest.slice(results.length);
    const locals = this.#declared(rest, 'local');
    const body = this.#sequence(rest.slice(locals.length));
    this.#types.push([
      0x60,
      ...unsigned(params.length),
      ...params,
      ...unsigned(results.length),
      ...results,
    ]);
    this.#functionTypes.push(index);
    const declared = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type])];
    const code = [...declared, ...body, END];
    this.#functions.push([...unsigned(code.length), ...code]);
  }

  /** The types of what the first parts declare. */
  #declared(parts: readonly Node[], keyword: string): number[] {
    const types: number[] = [];
    for (const part of parts) {
      if (!isList(part) || part[0] !== keyword) break;
      this.#locals.set(wordOf(part[1]), this.#locals.size);
      types.push(typeOf(part[2]));
    }
    return types;
  }

  #sequence(nodes: readonly Node[]): number[] {
    return nodes.flatMap((node) => this.#expression(node));
  }

  #expression(node: Node | undefined): number[] {
    const parts = isList(node) ? node : [wordOf(node)];
    const name = wordOf(parts[0]);
    const rest = parts.slice(1);
    if (name === 'block' || name === 'loop') return this.#block(name, rest);
    if (name === 'if') return this.#if(rest);
    if (name.endsWith('.const')) return constant(name, wordOf(rest[0]));
    const plain = PLAIN[name];
    if (plain !== undefined) return [...this.#sequence(rest), plain];
    const long = LONG[name];
    if (long !== undefined) return [...this.#sequence(rest), ...long];
    const memory = MEMORY[name];
    if (memory !== undefined) return this.#memoryAccess(memory, rest);
    if (name === 'i8x16.shuffle') return this.#shuffle(rest);
    return this.#named(name, rest);
  }

  /** Instructions that name something, then take the rest from the stack. */
  #named(name: string, rest: readonly Node[]): number[] {
    const variable = VARIABLES[name];
    if (variable === undefined && !['br', 'br_if', 'call'].includes(name)) {
      throw new SyntaxError(`cannot read the instruction ${name}`);
    }
    const operands = this.#sequence(rest.slice(1));
    const target = wordOf(rest[0]);
    if (variable !== undefined) {
      const names = name.startsWith('local') ? this.#locals : this.#globalNames;
      return [...operands, variable, ...unsigned(indexIn(names, target))];
    }
    if (name === 'br' || name === 'br_if') {
      const depth = this.#labels.length - 1 - this.#labels.lastIndexOf(target);
      if (depth >= this.#labels.length) throw new SyntaxError(`cannot find the block ${target}`);
      return [...operands, name === 'br' ? 0x0c : 0x0d, ...unsigned(depth)];
    }
    return [...operands, 0x10, ...unsigned(indexIn(this.#functionNames, target))];
  }

  /** `(i32.load offset=8 (...))` */
  #memoryAccess(opcode: readonly number[], rest: readonly Node[]): number[] {
    const [first] = rest;
    const hasOffset = typeof first === 'string' && first.startsWith('offset=');
    const offset = hasOffset ? Number(first.slice('offset='.length)) : 0;
    const operands = this.#sequence(hasOffset ? rest.slice(1) : rest);
    return [...operands, ...opcode, 0, ...unsigned(offset)];
  }

  /** `(i8x16.shuffle 15 14 ... 0 (...) (...))` */
  #shuffle(rest: readonly Node[]): number[] {
    const lanes = rest.slice(0, LANES).map((lane) => Number(wordOf(lane)));
    return [...this.#sequence(rest.slice(LANES)), ...SHUFFLE, ...lanes];
  }

  #block(kind: string, parts: readonly Node[]): number[] {
    this.#labels.push(wordOf(parts[0]));
    const { type, rest } = resultOf(parts.slice(1));
    const body = this.#sequence(rest);
    this.#labels.pop();
    return [kind === 'block' ? 0x02 : 0x03, type, ...body, END];
  }

  /** `(if (result i32) (condition) (then ...) (else ...))` */
  #if(parts: readonly Node[]): number[] {
    const { type, rest } = resultOf(parts);
    const [condition, yes, no] = rest;
    const start = this.#expression(condition);
    this.#labels.push('');
    const taken = this.#branch(yes, 'then');
    const other = no === undefined ? [] : [ELSE, ...this.#branch(no, 'else')];
    this.#labels.pop();
    return [...start, 0x04, type, ...taken, ...other, END];
  }

  #branch(node: Node | undefined, keyword: string): number[] {
    if (!isList(node) || node[0] !== keyword) throw new SyntaxError(`cannot find ${keyword}`);
    return this.#sequence(node.slice(1));
  }
}

function resultOf(parts: readonly Node[]): { type: number; rest: readonly Node[] } {
  const [first] = parts;
  if (!isList(first) || first[0] !== 'result') return { type: NO_RESULT, rest: parts };
  return { type: typeOf(first[1]), rest: parts.slice(1) };
}

function indexIn(names: ReadonlyMap<string, number>, name: string): number {
  const index = names.get(name);
  if (index === undefined) throw new SyntaxError(`cannot find ${name}`);
  return index;
}

function constant(name: string, text: string): number[] {
  const value = Number(text);
  if (Number.isNaN(value)) throw new SyntaxError(`cannot read ${text} as a number`);
  if (name === 'i32.const') return [0x41, ...signed(value | 0)];
  if (name === 'i64.const') return [0x42, ...signed(value)];
  if (name !== 'f64.const') throw new SyntaxError(`cannot read the instruction ${name}`);
  return [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = [...unsigned(entries.length), ...entries.flat()];
  return [id, ...unsigned(content.length), ...content];
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** LEB128 of a safe integer. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = ((rest % 128) + 128) % 128;
    rest = (rest - low) / 128;
    const isLast = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
    bytes.push(isLast ? low : low + 128);
    if (isLast) return bytes;
  }
}
