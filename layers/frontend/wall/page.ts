/** What `/wall/` adds to the page's data (layers/wall.py). */
import type { Page } from "@core/page.ts";

export type Period = "now" | "day" | "week" | "month";

export interface Shown {
  /** `layer.metric`. */
  metric: string;
  title: string;
  period: Period;
  course: boolean;
  filter: string;
}

export interface Scene {
  title: string;
  layers: string[];
  map: string;
  dwell: number;
}

export interface Wall {
  metrics: string;
  tiles: Shown[];
  maps: Shown[];
  /** Units of measure by indicator. */
  units: Record<string, string>;
  scenes: Scene[];
  /** Where open alerts are read and acknowledged. */
  alerts: string;
  /** The screen or link by which the page is open; null for a person or a visitor. */
  screen: { name: string; kind: "screen" | "link"; expires_at: string | null; state: string } | null;
  /** Origins beside our own whose pictures cameras may show. */
  cameras: string[];
}

export interface WallPage extends Page {
  wall: Wall;
}

/** Those of `shown` whose layer this person's wall has. */
export function visibleTo(page: Page, shown: Shown[]): Shown[] {
  return shown.filter(({ metric }) => page.layers.some(({ name }) => name === metric.split(".")[0]));
}
