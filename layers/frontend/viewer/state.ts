/** What the viewer shows, and its place in the address: a link brings another person to the same picture. */
import type { Page } from "@core/page.ts";

/** The hash's part that belongs to the map (MapLibre writes it); the rest is ours. */
export const MAP_KEY = "map";
const ISO_DATE = /^\d{4}-\d\d-\d\d$/;

export class ViewState {
  readonly visible: Set<string>;
  /** YYYY-MM-DD, or null for now. */
  date: string | null;
  /** How strongly rasters are drawn, 0 to 1, where that is not fully. */
  readonly opacity: Map<string, number>;
  /** The styles in which rasters are drawn, where that is not their owner's. */
  readonly looks: Map<string, string>;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    const hash = readHash();
    const named = hash.get("layers");
    const known = new Set(page.layers.map(({ name }) => name));
    const shown = named === null ? page.layers.filter(({ visible }) => visible).map(({ name }) => name) : named.split(",");
    this.visible = new Set(shown.filter((name) => known.has(name)));
    this.opacity = new Map((hash.get("opacity") ?? "").split(",").map((part): [string, number] => [part.split(":")[0] ?? "", Number(part.split(":")[1]) / 100])
      .filter(([name, share]) => known.has(name) && share >= 0 && share < 1));
    this.looks = new Map((hash.get("style") ?? "").split(",").map((part): [string, string] => [part.split(":")[0] ?? "", part.split(":")[1] ?? ""])
      .filter(([name, look]) => look && page.layers.some((layer) => layer.name === name && layer.raster?.looks.some((one) => one.name === look))));
    const date = hash.get("date");
    this.date = date && ISO_DATE.test(date) ? date : null;
  }

  /** Names of the layers that know time. */
  get timed(): Set<string> {
    return new Set(this.page.layers.filter(({ time }) => time).map(({ name }) => name));
  }

  /** Visible layers in the catalogue's order. */
  get shown(): string[] {
    return this.page.layers.map(({ name }) => name).filter((name) => this.visible.has(name));
  }

  /** Whether the address names other layers, another day or other ways of drawing than are shown. */
  differs(): boolean {
    const named = new ViewState(this.page);
    return said(named) !== said(this);
  }

  /** Writes the state into the address without a step in the browser's history. */
  save(): void {
    const hash = readHash();
    hash.set("layers", this.shown.join(","));
    put(hash, "date", this.date);
    put(hash, "opacity", [...this.opacity].map(([name, share]) => `${name}:${Math.round(share * 100)}`).join(","));
    put(hash, "style", [...this.looks].map((pair) => pair.join(":")).join(","));
    // Slashes and commas are allowed in a fragment, and people read it.
    const text = hash.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");
    history.replaceState(history.state, "", `#${text}`);
  }
}

function said({ shown, date, opacity, looks }: ViewState): string {
  return JSON.stringify([shown, date, [...opacity].sort(), [...looks].sort()]);
}

function put(hash: URLSearchParams, name: string, value: string | null): void {
  if (value) hash.set(name, value);
  else hash.delete(name);
}

/** Whether the address already says where to look. */
export function hasPlace(): boolean {
  return readHash().has(MAP_KEY);
}

function readHash(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}
