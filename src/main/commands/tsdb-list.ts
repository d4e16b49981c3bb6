import { listBlocks } from '#tsdb';
import { blockTable } from './block-table.ts';
import { isOn, textOf } from './command.ts';
import type { CommandInput } from './command.ts';

/** 1: there are damaged blocks. */
export function tsdbList(input: CommandInput): number {
  const { blocks, damaged } = listBlocks(textOf(input.words, 'path') || 'data/');
  const isForPeople = isOn(input, 'human-readable');
  input.output.write(blockTable(blocks, { isForPeople, hasHeader: true }));
  for (const { ulid, reason } of damaged) {
    input.output.writeError(`block ${ulid} cannot be used: ${reason}\n`);
  }
  return damaged.length === 0 ? 0 : 1;
}
