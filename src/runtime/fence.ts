/** Lets a write start only while nobody else can hold the lease before the write has ended. */
import type { WriteGate } from './resource-client.ts';

/** A gate that the leader elector opens with each renewal. */
export type Fence = {
  readonly gate: WriteGate;
  /** The lease was renewed by a request that started at this monotonic time. */
  renewed(startedAt: number): void;
  /** No write starts any more. */
  close(): void;
};
