/** What the small map is drawn from: roads and water around a place, as the OGC items of our own layers. */

type Line = [number, number][];

export interface Ground {
  water: Line[];
  roads: { line: Line; name: string; main: boolean }[];
}

/** Squares of this many degrees are asked for and kept; the same square is never asked twice. */
const SQUARE = 0.01;
const LIMIT = 800;
const MAIN = new Set(["expressway", "national", "provincial", "urban"]);

const squares = new Map<string, Promise<Ground>>();

/** The ground around a position; parts that cannot be had are left out. */
export async function groundAround(items: string, layers: string[], lon: number, lat: number): Promise<Ground> {
  const found: Ground = { water: [], roads: [] };
  const column = Math.floor(lon / SQUARE);
  const row = Math.floor(lat / SQUARE);
  const asked = [];
  for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) asked.push(square(items, layers, column + dx, row + dy));
  for (const part of await Promise.all(asked)) {
    found.water.push(...part.water);
    found.roads.push(...part.roads);
  }
  return found;
}

function square(items: string, layers: string[], column: number, row: number): Promise<Ground> {
  const key = `${column}/${row}`;
  let known = squares.get(key);
  if (!known) {
    known = read(items, layers, column, row);
    squares.set(key, known);
    void known.catch(() => squares.delete(key));
  }
  return known.catch(() => ({ water: [], roads: [] }));
}

async function read(items: string, layers: string[], column: number, row: number): Promise<Ground> {
  const bbox = [column, row, column + 1, row + 1].map((index) => (index * SQUARE).toFixed(2)).join(",");
  const ground: Ground = { water: [], roads: [] };
  for (const layer of layers) {
    const answer = await fetch(`${items.replace("{layer}", layer)}?bbox=${bbox}&limit=${LIMIT}&f=json`, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) continue;
    const { features } = (await answer.json()) as GeoJSON.FeatureCollection;
    for (const feature of features) for (const line of linesOf(feature.geometry)) add(ground, layer, line, feature.properties ?? {});
  }
  return ground;
}

function add(ground: Ground, layer: string, line: Line, properties: Record<string, unknown>): void {
  if (layer === "water") ground.water.push(line);
  else ground.roads.push({ line, name: String(properties["name"] || properties["ref"] || ""), main: MAIN.has(String(properties["road_class"])) });
}

function linesOf(geometry: GeoJSON.Geometry | null): Line[] {
  switch (geometry?.type) {
    case "LineString":
      return [geometry.coordinates as Line];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates as Line[];
    case "MultiPolygon":
      return geometry.coordinates.flat() as Line[];
    default:
      return [];
  }
}
