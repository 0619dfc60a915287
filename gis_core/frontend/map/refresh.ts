/** Turns changes into the fewest tile requests that leave nothing stale. */
import type { MapLibreMap } from "maplibre-gl";

import type { Bounds } from "../page.ts";
import type { Change } from "./live.ts";
import { tilesOf, type TileId } from "./tiles.ts";

/** A user who never stops panning never has a quiet source: after this long loaded tiles are refreshed all the same. */
const PATIENCE_MS = 1_000;
/** Changes of one burst are fetched together. */
const GATHER_MS = 30;
/** More boxes than this cost more to look up than the whole source to fetch. */
const MAX_BOXES = 400;

type Pending = Bounds[] | "all";

/**
 * Refreshes the tiles that changes touch, source by source.
 *
 * MapLibre skips tiles that are still loading, and two requests for one tile may answer in the wrong order. Both traps have
 * one cure: a source is refreshed only while none of its tiles is under way, and asked again if it had to be sooner.
 */
export class TileRefresher {
  private readonly map: MapLibreMap;
  private readonly requests: () => number;
  private readonly pending = new Map<string, Pending>();
  private gathering = 0;
  private overdue = 0;
  /** Tiles fetched again since the page opened. */
  refetched = 0;

  /** `requests` says how many tiles the map has asked for so far (counted where its requests pass). */
  constructor(map: MapLibreMap, requests: () => number) {
    this.map = map;
    this.requests = requests;
    map.on("idle", () => this.flush());
    map.on("sourcedata", (event) => {
      if (this.pending.has(event.sourceId) && map.isSourceLoaded(event.sourceId)) this.flush();
    });
  }

  /** Notes the boxes of these changes; they are fetched as soon as their source is quiet. */
  enqueue(changes: Change[]): void {
    for (const { layer, bbox } of changes) {
      const known = this.pending.get(layer) ?? [];
      if (!bbox || known === "all" || known.length >= MAX_BOXES) this.pending.set(layer, "all");
      else this.pending.set(layer, [...known, bbox]);
    }
    this.schedule();
  }

  /** Everything on screen is fetched again, tiles that failed included. */
  all(): void {
    for (const [id, source] of Object.entries(this.map.getStyle()?.sources ?? {}))
      if (source.type === "vector" || source.type === "raster") this.pending.set(id, "all");
    this.schedule();
  }

  private schedule(): void {
    if (this.pending.size === 0) return;
    this.gathering ||= window.setTimeout(() => {
      this.gathering = 0;
      this.flush();
    }, GATHER_MS);
    this.overdue ||= window.setTimeout(() => {
      this.overdue = 0;
      this.flush(true);
    }, PATIENCE_MS);
  }

  private flush(force = false): void {
    if (this.gathering) return;
    for (const [id, boxes] of [...this.pending]) {
      if (!this.map.getSource(id)) this.pending.delete(id);
      else if (this.map.isSourceLoaded(id)) {
        this.pending.delete(id);
        this.refresh(id, boxes);
      } else if (force) this.refresh(id, boxes);
    }
    if (this.pending.size === 0) {
      clearTimeout(this.overdue);
      this.overdue = 0;
    }
  }

  private refresh(id: string, boxes: Pending): void {
    const before = this.requests();
    if (boxes === "all") this.map.refreshTiles(id);
    else {
      const tiles = this.tilesOnScreen(id, boxes);
      if (tiles.length > 0) this.map.refreshTiles(id, tiles);
    }
    this.refetched += this.requests() - before;
  }

  /** Tiles of the boxes at the zooms that may be on screen: parents stay drawn until their children have arrived. */
  private tilesOnScreen(id: string, boxes: Bounds[]): TileId[] {
    const source = this.map.getSource(id) as { minzoom?: number; maxzoom?: number } | undefined;
    const low = source?.minzoom ?? 0;
    const high = source?.maxzoom ?? 22;
    const zoom = Math.floor(this.map.getZoom());
    const bounds = this.map.getBounds();
    const screen: Bounds = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const tiles = new Map<string, TileId>();
    for (let z = Math.max(low, Math.min(high, zoom) - 3); z <= Math.min(high, Math.max(low, zoom + 1)); z++)
      for (const box of boxes) for (const tile of tilesOf(box, z, screen)) tiles.set(`${tile.z}/${tile.x}/${tile.y}`, tile);
    return [...tiles.values()];
  }
}
