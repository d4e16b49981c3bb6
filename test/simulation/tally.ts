/** What a run did, so that a test can tell that it did something. */
export interface Tally {
  lives: number;
  batches: number;
  refused: number;
  samples: number;
  histograms: number;
  deaths: number;
  powerFailures: number;
  faultsInjected: number;
  damages: number;
  checkpoints: number;
  operations: number;
  cuts: number;
  merges: number;
  verticalMerges: number;
  retentions: number;
  deletions: number;
  deletedSamples: number;
  cleanings: number;
  snapshots: number;
  queries: number;
  threadDeaths: number;
  unreadableBlocks: number;
  blocksAside: number;
  foreignBlocks: number;
}

export function emptyTally(): Tally {
  return {
    lives: 0,
    batches: 0,
    refused: 0,
    samples: 0,
    histograms: 0,
    deaths: 0,
    powerFailures: 0,
    faultsInjected: 0,
    damages: 0,
    checkpoints: 0,
    operations: 0,
    cuts: 0,
    merges: 0,
    verticalMerges: 0,
    retentions: 0,
    deletions: 0,
    deletedSamples: 0,
    cleanings: 0,
    snapshots: 0,
    queries: 0,
    threadDeaths: 0,
    unreadableBlocks: 0,
    blocksAside: 0,
    foreignBlocks: 0,
  };
}
