/** What is being drawn, kept in this browser until it is saved as a draft or given up: a closed window loses nothing. */
import { land, type Paper } from "./page.ts";

export interface Kept {
  kind: string;
  parcel: string;
  state: unknown;
  /** Versions of the parcels as they were drawn on. */
  seen: Record<string, number>;
  reason: string;
  papers: Paper[];
  effectiveOn: string;
  /** The server's draft that is being drawn anew. */
  change: { uid: string; version: number } | null;
  at: string;
}

// By account: a shared computer must not show one officer the other's work.
const NAME = `land.drawing.${land.user}`;

export function keep(kept: Kept): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // Full or forbidden storage: the draft on the server remains the way to keep it.
  }
}

export function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // Nothing was kept then.
  }
}
