/** Stations beyond their thresholds, as reports for the list of what is open. */
import { t } from "@core/i18n.ts";
import type { Page } from "@core/page.ts";
import { number } from "@core/ui/format.ts";

import type { Report } from "./report.ts";

export const STATIONS = "stations";
const LIMIT = 50;

/** Those of now; rejects when the source does not answer, [] for a wall without the layer. */
export async function readAlarms(page: Page): Promise<Report[]> {
  const items = page.urls.items?.replace("{layer}", STATIONS);
  if (!items || !page.layers.some(({ name }) => name === STATIONS)) return [];
  const address = new URL(items, location.href);
  address.searchParams.set("limit", String(LIMIT));
  address.searchParams.set("filter", "state<>'normal'");
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const { features } = (await answer.json()) as GeoJSON.FeatureCollection;
  return features.map(alarmOf);
}

function alarmOf({ id, geometry, properties }: GeoJSON.Feature): Report {
  const read = (name: string): string => String(properties?.[name] ?? "");
  const isAlarm = read("state") === "alarm";
  const value = `${number(Number(read("latest_result")))} ${read("unit_of_measure")}`;
  return {
    id: Number(id ?? 0),
    title: `${read("name")}: ${value}`,
    place: t(isAlarm ? "overAlarm" : "overWatch", { limit: `${number(Number(read(isAlarm ? "alarm_at" : "watch_at")))} ${read("unit_of_measure")}` }),
    status: t("measuring"),
    severity: isAlarm ? "critical" : "high",
    at: new Date(read("latest_at")),
    position: geometry?.type === "Point" ? (geometry.coordinates.slice(0, 2) as [number, number]) : null,
  };
}
