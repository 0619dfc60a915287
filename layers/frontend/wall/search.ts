/** Search on the wall: a place or a thing by its name; the map goes there. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { reducedMotion } from "@core/ui/theme.ts";
import type { Bounds } from "@core/page.ts";

const PAUSE_MS = 250;
const MARK_MS = 60_000;
const CLOSE_ZOOM = 15;

interface Hit {
  layer: string;
  title: string;
  id: number | string;
  label: string;
  detail: string | null;
  admin_unit: string | null;
  position: [number, number] | null;
  bbox: Bounds | null;
}

export class Search {
  /** Told of a unit that was chosen. */
  onUnit: ((id: number, name: string) => void) | null = null;
  private readonly url: string;
  private readonly box = need<HTMLInputElement>("#search");
  private readonly list = need("#found");
  private map: MapLibreMap | null = null;
  private mark: Marker | null = null;
  private hits: Hit[] = [];
  private index = -1;
  private timer = 0;
  private turn = 0;

  constructor(url: string) {
    this.url = url;
    this.box.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 200));
  }

  on(map: MapLibreMap): void {
    this.map = map;
    this.box.disabled = false;
  }

  focus(): void {
    this.box.focus();
    this.box.select();
  }

  private async ask(): Promise<void> {
    const text = this.box.value.trim();
    this.turn += 1;
    const turn = this.turn;
    if (text.length < 2) {
      this.close();
      return;
    }
    const address = new URL(this.url, location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("limit", "8");
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (turn !== this.turn) return;
    this.hits = answer?.ok ? ((await answer.json()) as { results: Hit[] }).results : [];
    this.index = this.hits.length > 0 ? 0 : -1;
    this.draw(answer?.ok ? t("foundNothing") : t("sourceFails"));
  }

  private draw(nothing: string): void {
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    fill(this.list, ...(this.hits.length > 0 ? this.hits.map((hit, index) => this.line(hit, index)) : [h("li", { class: "nothing" }, nothing)]));
    this.box.setAttribute("aria-activedescendant", this.index >= 0 ? `found-${this.index}` : "");
  }

  private line(hit: Hit, index: number): HTMLElement {
    const where = [hit.title, hit.detail, hit.admin_unit].filter((part) => part && part !== hit.label).join(" · ");
    return h("li", { id: `found-${index}`, role: "option", class: "hit", "aria-selected": String(index === this.index), onmousedown: () => this.go(hit) },
      h("b", {}, hit.label), h("span", {}, where));
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") {
      this.close();
      this.box.blur();
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && this.hits.length > 0) {
      event.preventDefault();
      this.index = (this.index + step + this.hits.length) % this.hits.length;
      this.draw("");
    }
    const hit = this.hits[this.index];
    if (event.key === "Enter" && hit) this.go(hit);
  }

  private go(hit: Hit): void {
    this.close();
    this.box.value = hit.label;
    if (hit.layer === "admin_units") {
      this.onUnit?.(Number(hit.id), hit.label);
      return;
    }
    if (!hit.position || !this.map) return;
    this.map.flyTo({ center: hit.position, zoom: Math.max(CLOSE_ZOOM, this.map.getZoom()), animate: !reducedMotion(), duration: 900 });
    this.mark?.remove();
    const mark = new Marker({ element: h("i", { class: "pin", "data-found": hit.label }) }).setLngLat(hit.position).addTo(this.map);
    this.mark = mark;
    setTimeout(() => mark.remove(), MARK_MS);
  }

  private close(): void {
    this.list.hidden = true;
    this.hits = [];
    this.box.setAttribute("aria-expanded", "false");
  }
}
