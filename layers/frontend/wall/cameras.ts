/** Pictures of the layer `cameras`, where there is one: those in sight, a few at a time. Without the layer there is nothing. */
import type { MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";

import type { WallPage } from "./page.ts";

export const CAMERAS = "cameras";
const SHOWN = 3;
const REREAD_MS = 120_000;
/** A still picture is asked for anew so often. */
const STILL_MS = 10_000;
const MOVING = /\.(mp4|webm|m4v|m3u8)(\?|$)/i;

interface Camera {
  id: number;
  name: string;
  url: string;
  at: [number, number] | null;
}

export class Cameras {
  private readonly page: WallPage;
  private readonly items: string;
  private readonly exists: boolean;
  private map: MapLibreMap | null = null;
  private cameras: Camera[] = [];
  private shown = "";

  constructor(page: WallPage) {
    this.page = page;
    this.items = page.urls.items?.replace("{layer}", CAMERAS) ?? "";
    this.exists = this.items !== "" && page.layers.some(({ name }) => name === CAMERAS);
  }

  on(map: MapLibreMap): void {
    if (!this.exists) return;
    this.map = map;
    map.on("moveend", () => this.draw());
    setInterval(() => void this.read(), REREAD_MS);
    setInterval(() => this.renew(), STILL_MS);
    void this.read();
  }

  private async read(): Promise<void> {
    const address = new URL(this.items, location.href);
    address.searchParams.set("limit", "500");
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } }).catch(() => null);
    if (!answer?.ok) return;
    const { features } = (await answer.json()) as GeoJSON.FeatureCollection;
    this.cameras = features.flatMap(({ id, geometry, properties }): Camera[] => {
      const url = allowed(String(properties?.["stream_url"] ?? ""), this.page.wall.cameras);
      const at = geometry?.type === "Point" ? (geometry.coordinates.slice(0, 2) as [number, number]) : null;
      return url ? [{ id: Number(id), name: String(properties?.["name"] ?? ""), url, at }] : [];
    });
    this.draw();
  }

  /** The nearest to the middle of what is in sight. */
  private draw(): void {
    const { map } = this;
    if (!map) return;
    const sight = map.getBounds();
    const { lng, lat } = map.getCenter();
    const far = ({ at }: Camera): number => (at ? Math.hypot(at[0] - lng, at[1] - lat) : Infinity);
    const seen = this.cameras.filter(({ at }) => at && sight.contains(at)).sort((a, b) => far(a) - far(b)).slice(0, SHOWN);
    const key = seen.map(({ id }) => id).join();
    if (key === this.shown) return;
    this.shown = key;
    need("#cameras").hidden = seen.length === 0;
    fill(need("#cameras"), ...seen.map((camera) => this.tile(camera)));
  }

  private tile({ id, name, url }: Camera): HTMLElement {
    const says = h("p", { class: "camera__state" });
    const fails = (): void => {
      says.textContent = t("cameraFails");
    };
    const picture = MOVING.test(url)
      ? h("video", { class: "camera__picture", src: url, muted: true, autoplay: true, playsinline: true, loop: true, onerror: fails })
      : h("img", { class: "camera__picture", src: url, alt: "", "data-still": url, onerror: fails, onload: () => (says.textContent = "") });
    return h("figure", { class: "camera", "data-camera": id }, picture, says, h("figcaption", {}, name));
  }

  private renew(): void {
    for (const picture of document.querySelectorAll<HTMLImageElement>("#cameras [data-still]")) {
      const url = new URL(picture.dataset["still"] ?? "", location.href);
      // A stream of pictures (MJPEG) never ends loading and moves by itself.
      if (!picture.complete) continue;
      url.searchParams.set("t", String(Math.floor(Date.now() / STILL_MS)));
      picture.src = url.href;
    }
  }
}

/** A whole address, or a path of our own host; of an origin that the administration named: the page's policy lets no other through. */
function allowed(text: string, origins: string[]): string | null {
  if (!/^(https?:\/\/|\/)/i.test(text)) return null;
  try {
    const url = new URL(text, location.href);
    return url.origin === location.origin || origins.includes(url.origin) ? url.href : null;
  } catch {
    return null;
  }
}
