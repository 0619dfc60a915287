/** The latest changes of all layers: what, where, when. */
import { t, type Key } from "@core/i18n.ts";
import type { Change } from "@core/map/live.ts";
import type { Bounds, LayerInfo, Page } from "@core/page.ts";
import { fill, h } from "@core/ui/dom.ts";
import { ago } from "@core/ui/format.ts";
import { layerSign } from "@core/ui/legend.ts";

import { Places } from "./places.ts";

const LENGTH = 8;
const WORDS: Record<Change["op"], Key> = { insert: "inserted", update: "updatedOne", delete: "deleted", reload: "reloaded", redraw: "reloaded" };
/** The same kind of change to the same layer within this time is one line with a count. */
const TOGETHER_MS = 60_000;

interface Entry {
  layer: LayerInfo;
  op: Change["op"] | null;
  count: number;
  at: Date;
  bbox: Bounds | null;
  place: string;
}

export class Feed {
  private readonly element: HTMLElement;
  private readonly layers: LayerInfo[];
  private readonly places: Places;
  private entries: Entry[];

  constructor(element: HTMLElement, page: Page) {
    this.element = element;
    this.layers = page.layers;
    this.places = new Places(page.urls.at_point);
    // Until something happens the list shows each layer's last change, from the page itself.
    this.entries = page.layers.filter(({ last_change }) => last_change)
      .map((layer): Entry => ({ layer, op: null, count: 1, at: new Date(layer.last_change ?? 0), bbox: null, place: layer.owner ?? "" }))
      .sort((a, b) => b.at.getTime() - a.at.getTime());
    this.draw();
    setInterval(() => this.draw(), 15_000);
  }

  note(changes: Change[]): void {
    for (const change of changes) {
      const layer = this.layers.find(({ name }) => name === change.layer);
      if (layer) this.add(layer, change);
    }
    this.entries = this.entries.slice(0, LENGTH);
    this.draw();
  }

  private add(layer: LayerInfo, { op, ids, bbox }: Change): void {
    const at = new Date();
    const same = this.entries.find((entry) => entry.layer === layer && entry.op === op && at.getTime() - entry.at.getTime() < TOGETHER_MS);
    const entry: Entry = same ?? { layer, op, count: 0, at, bbox, place: "" };
    entry.count += ids?.length ?? 1;
    entry.at = at;
    entry.bbox = bbox;
    this.entries = [entry, ...this.entries.filter((other) => other !== entry && (other.op !== null || other.layer !== layer))];
    if (bbox) void this.locate(entry, bbox);
  }

  private async locate(entry: Entry, [west, south, east, north]: Bounds): Promise<void> {
    const place = await this.places.nameOf((west + east) / 2, (south + north) / 2);
    if (place === null || place === entry.place) return;
    entry.place = place;
    this.draw();
  }

  private draw(): void {
    if (this.entries.length === 0) fill(this.element, h("li", { class: "nothing" }, t("noChangeYet")));
    else fill(this.element, ...this.entries.map(line));
  }
}

function line({ layer, op, count, at, place }: Entry): HTMLElement {
  const what = op === null ? t("changed") : t(WORDS[op]);
  const where = [place, count > 1 ? t("ofMany", { n: count }) : ""].filter(Boolean).join(" · ");
  return h("li", { class: op === null ? "change" : "change is-new", "data-layer": layer.name }, layerSign(layer),
    h("b", { class: "change__what" }, `${layer.title} · ${what}`), h("time", { class: "change__when num" }, ago(at)),
    h("span", { class: "change__where" }, where || "\u00a0"));
}
