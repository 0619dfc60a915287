/** Names of places for changes: the unit at a position, asked sparingly and remembered. */
import { t } from "@core/i18n.ts";
import { atPoint } from "@core/map/at_point.ts";

/** About 100 m: changes that close share one question. */
const DECIMALS = 3;
const REMEMBERED = 500;
/** No more than two questions a second: a wall must not load the service it watches. */
const PAUSE_MS = 500;

export class Places {
  private readonly url: string;
  private readonly known = new Map<string, string>();
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** The unit's name, or null when it cannot be had now. In a flood of changes most go without a name. */
  async nameOf(lon: number, lat: number): Promise<string | null> {
    const key = `${lon.toFixed(DECIMALS)},${lat.toFixed(DECIMALS)}`;
    const name = this.known.get(key);
    if (name !== undefined) return name;
    if (this.waiting >= 4) return null;
    this.waiting += 1;
    const answer = this.queue.then(() => this.ask(key, lon, lat));
    this.queue = answer.then(() => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)));
    return answer.finally(() => (this.waiting -= 1));
  }

  private async ask(key: string, lon: number, lat: number): Promise<string | null> {
    try {
      const { admin_unit } = await atPoint(this.url, lon, lat, { layers: ["admin_units"], date: null });
      const name = admin_unit?.name ?? t("outsideUnits");
      if (this.known.size >= REMEMBERED) this.known.clear();
      this.known.set(key, name);
      return name;
    } catch {
      return null;
    }
  }
}
