/** Asks for metrics (`/query/metrics`). Equal questions get equal addresses, so that an unchanged answer costs a 304. */
import type { Period, Shown } from "./page.ts";

export interface Numbers {
  value: number | null;
  amount: number | null;
  base: number | null;
  plan: number | null;
}

export interface Group extends Numbers {
  key: { id: number; code: string } | string | null;
  label: string;
}

export interface Measured extends Numbers {
  name: string;
  title: string;
  kind: string;
  unit: string;
  rises: boolean | null;
  groups?: Group[];
}

const HOUR = 3_600_000;

export class MetricSource {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The metrics by name. Rejects when there is no good answer. */
  async read(names: string[], query: Record<string, string>): Promise<Map<string, Measured>> {
    const address = new URL(this.url, location.href);
    address.searchParams.set("metrics", names.join(","));
    for (const [name, value] of Object.entries(query)) if (value) address.searchParams.set(name, value);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
    const { metrics } = (await answer.json()) as { metrics: Measured[] };
    return new Map(metrics.map((metric) => [metric.name, metric]));
  }
}

/** The parameter `datetime` of a period that ends now; it moves by whole hours. */
export function since(hours: number, now = new Date()): string {
  return `${new Date(Math.floor(now.getTime() / HOUR) * HOUR - hours * HOUR).toISOString().slice(0, 19)}Z/..`;
}

/** The parameters of a period. Months: the one before this, whose figures are complete. */
export function during(period: Period, now = new Date()): Record<string, string> {
  if (period === "day") return { datetime: since(23, now) };
  if (period === "week") return { datetime: since(7 * 24, now) };
  if (period === "month") return { datetime: `${monthBefore(now)}-01` };
  return {};
}

function monthBefore(now: Date): string {
  const last = new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, 1));
  return last.toISOString().slice(0, 7);
}

/** Parts of `shown` that one question can ask for. */
export function together(shown: Shown[]): Shown[][] {
  const parts = new Map<string, Shown[]>();
  for (const one of shown) {
    const key = `${one.period}|${one.filter}`;
    parts.set(key, [...(parts.get(key) ?? []), one]);
  }
  return [...parts.values()];
}

/** The values of the last `hours` whole hours, the oldest first; `empty` where there is none. */
export function byHour(groups: Group[], hours: number, empty: number | null, now = new Date()): (number | null)[] {
  const values = new Map(groups.map(({ key, value }) => [Math.floor(new Date(String(key)).getTime() / HOUR), value]));
  const last = Math.floor(now.getTime() / HOUR);
  return Array.from({ length: hours }, (_, index) => values.get(last - hours + 1 + index) ?? empty);
}
