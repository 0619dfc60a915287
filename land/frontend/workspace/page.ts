/** What Django hands to the workspace (land/workspace/data.py) and what the API answers. */
import { readPage, type Page } from "@core/page.ts";

/** East and north on the VN-2000 plane, in metres. */
export type Position = [number, number];
/** Rings of a polygon, each closed, the outer one first. */
export type Rings = Position[][];

export interface Outline {
  type: "Polygon";
  coordinates: Rings;
}

export interface LandUse {
  code: string;
  area_m2: number;
  term_until: string | null;
  origin: string;
}

export interface Parcel {
  uid: string;
  id: number;
  version: number;
  unit: string;
  sheet_no: number;
  parcel_no: number;
  old_sheet_no: number | null;
  old_parcel_no: number | null;
  geohash: string;
  address: string;
  status: string;
  area_m2: number;
  legal_area_m2: number | null;
  land_uses: LandUse[];
  valid_from: string;
  valid_to: string | null;
  outline: Outline;
}

export interface Violation {
  code: string;
  detail: string;
  place: Position | null;
  wkt: string | null;
}

export interface Report {
  violations: Violation[];
}

export interface Step {
  at: string;
  actor: string;
  state: string;
  note: string;
}

export interface Paper {
  uid: string;
  kind: string;
  number: string;
  issued_on: string | null;
  issuer: string;
  has_scan: boolean;
}

export interface Change {
  uid: string;
  kind: string;
  state: string;
  version: number;
  unit: string;
  reason: string;
  params: Record<string, unknown>;
  documents: Paper[];
  targets: [string, number][];
  author: string;
  approver: string | null;
  report: Report | null;
  effective_on: string;
  due_on: string | null;
  overdue: boolean;
  created_at: string;
  published_at: string | null;
  before: [string, number][];
  after: [string, number][];
  change_seq: number | null;
  steps: Step[];
}

export interface Shape {
  uid: string | null;
  label: string;
  area_m2: number;
  outline: Outline;
}

/** What a change makes of its parcels. */
export interface Drawing {
  before: Shape[];
  after: Shape[];
  violations: Violation[];
}

/** What a trial of a change says. */
export interface Trial {
  violations: Violation[];
  born: { area_m2: number; outline: Outline }[];
  reshaped: { uid: string; area_m2: number; outline: Outline }[];
  retired: string[];
}

interface LandData {
  urls: { api: string; work: string; parcel: string; version: string; drawing: string; import: string; tiles: string };
  parcel: string | null;
  user: string;
  may: { work: boolean; draw: boolean; approve: boolean; holders: boolean };
  units: { code: string; name: string }[];
  labels: Record<"kind" | "state" | "status" | "origin" | "right" | "restriction" | "party" | "paper" | "certificate", Record<string, string>>;
  land_uses: Record<string, { name: string; fill: string; in_force: boolean }>;
  /** Colours of the groups of uses that low zooms show. */
  groups: Record<string, string>;
  words: Record<string, string>;
}

export type LandPage = Page & { land: LandData };

export const page = readPage() as LandPage;
export const land: LandData = page.land;

/** A sentence of the page in the reader's language; `{name}` is replaced by the value of that name. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const text = land.words[key];
  if (text === undefined) throw new Error(`The page has no word “${key}”.`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A stored code in the reader's words. */
export function label(set: keyof LandData["labels"], code: string): string {
  return land.labels[set][code] ?? code;
}

/** Sheet and number, as officers call a parcel. */
export function nameOf(parcel: Pick<Parcel, "sheet_no" | "parcel_no">): string {
  return t("parcelName", { sheet: parcel.sheet_no, number: parcel.parcel_no });
}
