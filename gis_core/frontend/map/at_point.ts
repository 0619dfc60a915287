/** Asks `/query/at-point`: every visible layer's features at a place, and the unit that governs it. */

export interface AdminUnit {
  code: string;
  name: string;
  kind?: string;
  level?: string;
  valid_from?: string;
  valid_to?: string | null;
  parents?: { code: string; name: string }[];
}

export interface AtPoint {
  position: [number, number];
  datetime: string | null;
  admin_unit: AdminUnit | null;
  results: { layer: string; title: string; features: GeoJSON.Feature[]; truncated: boolean; values?: PixelValue[] }[];
}

/** What a raster says at a place. */
export interface PixelValue {
  band: number;
  name: string;
  value: number;
  unit: string | null;
}

/** Answers for these layers; an empty list asks for the unit alone. Throws with the server's sentence on 4xx. */
export async function atPoint(url: string, lon: number, lat: number, options: { layers: string[]; date: string | null; signal?: AbortSignal }): Promise<AtPoint> {
  const address = new URL(url, location.href);
  address.searchParams.set("lon", lon.toFixed(8));
  address.searchParams.set("lat", lat.toFixed(8));
  address.searchParams.set("layers", options.layers.join(","));
  if (options.date) address.searchParams.set("datetime", options.date);
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: options.signal ?? null });
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    throw new Error(problem.detail ?? `${answer.status} ${answer.statusText}`);
  }
  return (await answer.json()) as AtPoint;
}
