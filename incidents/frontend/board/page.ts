/** What Django hands to the board (incidents/board/pages.py) and what the API answers. */
import { readPage, type Page } from "@core/page.ts";

export interface Row {
  id: number;
  code: string;
  title: string;
  category: string;
  category_name: string;
  status: string;
  severity: string;
  address: string;
  reported_at: string;
  due_at: string | null;
  overdue: boolean;
  waiting: boolean;
  unit: string | null;
  unit_name: string | null;
  area: string | null;
  is_public: boolean;
  moderation: string;
  photos: number;
  channel: string;
  version: number;
  lon: number;
  lat: number;
}

export interface Photo {
  uid: string;
  kind: "report" | "work";
  moderation: string;
  state: string;
  url: string | null;
  thumbnail: string | null;
}

export interface StepLine {
  at: string;
  verb: string;
  title: string;
  before: string;
  after: string;
  hand: string;
  actor: string | null;
  note: string;
  public_note: string;
  unit: string | null;
  photos: string[];
}

export interface Offer {
  verb: string;
  title: string;
  needs: string[];
}

export interface Detail extends Row {
  description: string;
  road: string;
  accuracy_m: number | null;
  flags: string[];
  duplicate_of: string | null;
  photo_list: Photo[];
  steps: StepLine[];
  offered: Offer[];
  tracking_url: string;
}

export interface Counts {
  total: number;
  open: number;
  overdue: number;
  status: Record<string, number>;
  severity: Record<string, number>;
  category: Record<string, number>;
}

export interface ListPage {
  items: Row[];
  next: string | null;
  counts: Counts | null;
  tile_filter: string | null;
}

export interface Board {
  api: string;
  tilejson: string;
  words: Record<string, string>;
  status: Record<string, string>;
  severity: Record<string, string>;
  categories: Record<string, string>;
  units: Record<string, string>;
  areas: Record<string, string>;
  steps: Record<string, { title: string; needs: string[] }>;
  may: { dispatch: boolean; instruct: boolean };
}

export const page = readPage() as Page & { board: Board };
export const board = page.board;

/** A sentence of the page, with its values filled in. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const sentence = board.words[key];
  if (sentence === undefined) throw new Error(`The page has no words for ${key}.`);
  return sentence.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}
