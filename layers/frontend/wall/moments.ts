/** What playback shows: features of every layer that knows when they began (and ended), and the alerts, of one period. */
import type { LayerInfo } from "@core/page.ts";

import type { WallPage } from "./page.ts";

/** Of one layer; beyond this the oldest are left out, and the bar says so. */
const MOST = 20_000;
const A_PAGE = 5_000;

export interface Timed {
  name: string;
  collection: GeoJSON.FeatureCollection;
  /** Whether there were more than could be held. */
  isCut: boolean;
}

/** All layers of the page that have moments; rejects when one of them does not answer. */
export async function readMoments(page: WallPage, from: Date): Promise<Timed[]> {
  const layers = page.layers.filter((layer) => layer.moments);
  const found = await Promise.all([...layers.map((layer) => readLayer(page, layer, from)), readAlerts(page, from)]);
  return found.filter(({ collection }) => collection.features.length > 0);
}

async function readLayer(page: WallPage, layer: LayerInfo, from: Date): Promise<Timed> {
  const [start, end] = layer.moments ?? ["", null];
  const address = new URL((page.urls.items ?? "").replace("{layer}", layer.name), location.href);
  const since = from.toISOString().slice(0, 19);
  address.searchParams.set("limit", String(A_PAGE));
  // What was still going on when the period began belongs to it too.
  address.searchParams.set("filter", end ? `${start} >= TIMESTAMP('${since}Z') OR ${end} >= TIMESTAMP('${since}Z') OR ${end} IS NULL` : `${start} >= TIMESTAMP('${since}Z')`);
  address.searchParams.set("sortby", `-${start}`);
  const features: GeoJSON.Feature[] = [];
  let next: string | null = address.href;
  while (next && features.length < MOST) {
    const answer: Response = await fetch(next, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
    const part = (await answer.json()) as GeoJSON.FeatureCollection & { links?: { rel: string; href: string }[] };
    features.push(...part.features);
    next = part.links?.find(({ rel }) => rel === "next")?.href ?? null;
  }
  return { name: layer.name, collection: { type: "FeatureCollection", features: features.map((feature) => timed(feature, start, end)) }, isCut: next !== null };
}

/** As it was while it lasted: what is done by now was open then. */
function timed(feature: GeoJSON.Feature, start: string, end: string | null): GeoJSON.Feature {
  const properties = feature.properties ?? {};
  const over = end ? properties[end] : null;
  const then = over && "status" in properties ? { status: "in_progress", is_overdue: false } : {};
  return { ...feature, properties: { ...properties, ...then, from_ms: moment(properties[start], 0), to_ms: moment(over, Number.MAX_SAFE_INTEGER) } };
}

async function readAlerts(page: WallPage, from: Date): Promise<Timed> {
  const address = new URL(page.wall.alerts, location.href);
  address.searchParams.set("hours", String(Math.ceil((Date.now() - from.getTime()) / 3_600_000)));
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  const { alerts } = (await answer.json()) as { alerts: { position: [number, number] | null; severity: string; raised_at: string; cleared_at: string | null }[] };
  const features = alerts.flatMap(({ position, severity, raised_at, cleared_at }): GeoJSON.Feature[] =>
    position ? [{ type: "Feature", geometry: { type: "Point", coordinates: position }, properties: { severity, from_ms: moment(raised_at, 0), to_ms: moment(cleared_at, Number.MAX_SAFE_INTEGER) } }] : []);
  return { name: "alerts", collection: { type: "FeatureCollection", features }, isCut: false };
}

function moment(value: unknown, other: number): number {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? other : time;
}
