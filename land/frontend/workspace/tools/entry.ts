/** What the desk can take in hand for a kind of change: a drawing tool or a form. */
import type { Bench, Tool } from "./tool.ts";

export type Params = Record<string, unknown>;

export interface Entry {
  kind: string;
  /** The key that takes it in hand; "" for forms, which the menu offers. */
  key: string;
  /** What the toolbar calls it: a key of the page's words. */
  word: string;
  icon: string;
  make(bench: Bench, state?: unknown): Tool;
  /** The tool's state behind the parameters of a stored change. */
  state(params: Params): unknown;
}
