/** Where it is: the device's position with its accuracy, and the pin that a person may move. */
import { need } from "@core/ui/dom.ts";
import type { Position, ReportData } from "./data.ts";
import { MiniMap } from "./minimap.ts";
import { say } from "./words.ts";

/** A fix that is better than this needs no correction; a worse one asks for it. */
const GOOD_M = 20;
const VAGUE_M = 50;
const WATCH_MS = 30_000;

export class Place {
  /** What the device said last. */
  device: Position | null = null;
  private pin: Position | null;
  private moved = false;
  private watch = 0;
  private asked = 0;
  private readonly map: MiniMap;
  private readonly address = need("#address");
  private readonly accuracy = need("#accuracy");
  private readonly data: ReportData;
  private readonly changed: () => void;

  constructor(data: ReportData, kept: Position | null, changed: () => void) {
    this.data = data;
    this.changed = changed;
    this.pin = kept;
    this.moved = kept !== null;
    const [west, south, east, north] = data.bounds ?? [108.44, 15.53, 108.52, 15.6];
    const start = kept ?? { lon: (west + east) / 2, lat: (south + north) / 2 };
    this.map = new MiniMap(need<HTMLCanvasElement>("#map"), start.lon, start.lat, {
      items: data.urls.items,
      layers: data.map_layers,
      moved: (lon, lat) => this.put(lon, lat),
    });
    need("#zoom-in").addEventListener("click", () => this.map.scale(-1));
    need("#zoom-out").addEventListener("click", () => this.map.scale(1));
    need("#locate").addEventListener("click", () => {
      this.moved = false;
      this.follow();
    });
    if (kept) void this.tell();
    this.follow();
  }

  /** The pin; null as long as neither device nor person said anything. */
  get position(): Position | null {
    return this.pin;
  }

  /** A new report begins where the device is. */
  reset(): void {
    this.moved = false;
    this.pin = this.device ? { lon: this.device.lon, lat: this.device.lat } : null;
    this.follow();
  }

  /** Asks the device anew, for instance when a photo was taken. */
  follow(): void {
    if (!navigator.geolocation) return this.unknown();
    if (!this.device) this.accuracy.textContent = say("seeking");
    navigator.geolocation.clearWatch(this.watch);
    this.watch = navigator.geolocation.watchPosition((fix) => this.fixed(fix), () => this.unknown(), {
      enableHighAccuracy: true,
      timeout: 15_000,
      maximumAge: 5_000,
    });
    const watch = this.watch;
    setTimeout(() => navigator.geolocation.clearWatch(watch), WATCH_MS);
  }

  private fixed(fix: GeolocationPosition): void {
    this.device = { lon: fix.coords.longitude, lat: fix.coords.latitude, accuracy_m: fix.coords.accuracy };
    this.map.showDevice(this.device);
    if (!this.moved) {
      this.pin = { lon: this.device.lon, lat: this.device.lat };
      this.map.goTo(this.device.lon, this.device.lat);
      void this.tell();
      this.changed();
    }
    if (fix.coords.accuracy <= GOOD_M) navigator.geolocation.clearWatch(this.watch);
    this.describe();
  }

  private unknown(): void {
    if (!this.device) this.accuracy.textContent = this.pin ? "" : say("noPermission");
  }

  private put(lon: number, lat: number): void {
    this.moved = true;
    this.pin = { lon, lat };
    this.describe();
    void this.tell();
    this.changed();
  }

  private describe(): void {
    const radius = this.device?.accuracy_m;
    if (!this.device || radius === undefined || !this.pin) {
      if (this.pin) this.accuracy.textContent = "";
      return;
    }
    const away = metres(this.device, this.pin);
    const rounded = { m: Math.round(radius) };
    const fix = say(radius > VAGUE_M && !this.moved ? "inaccurate" : "accuracy", rounded);
    this.accuracy.textContent = this.moved && away > 5 ? `${fix} · ${say("pinMoved", { m: Math.round(away) })}` : fix;
    this.accuracy.classList.toggle("is-vague", radius > VAGUE_M && !this.moved);
  }

  /** The address under the pin, by our own layers. Without a network the office finds it when the report arrives. */
  private async tell(): Promise<void> {
    const turn = ++this.asked;
    const { lon, lat } = this.pin ?? {};
    try {
      const answer = await fetch(`${this.data.urls.place}?lon=${lon?.toFixed(7)}&lat=${lat?.toFixed(7)}`);
      if (!answer.ok) throw new Error();
      const found = (await answer.json()) as { address: string };
      if (turn === this.asked) this.address.textContent = found.address || `${lat?.toFixed(5)}, ${lon?.toFixed(5)}`;
    } catch {
      if (turn === this.asked) this.address.textContent = say("noAddress");
    }
  }
}

/** Metres between two positions, on a sphere: good enough to say how far a pin was moved. */
export function metres(a: Position, b: Position): number {
  const radians = Math.PI / 180;
  const x = (b.lon - a.lon) * radians * Math.cos(((a.lat + b.lat) / 2) * radians);
  const y = (b.lat - a.lat) * radians;
  return Math.hypot(x, y) * 6_371_009;
}
