/** Plane geometry on exact coordinates (EPSG:5899, metres). Pure: no map, no page. */

export type Position = [number, number];
type Ring = Position[];

/** Closing tolerance of cadastral rings: positions nearer than this are one corner. */
export const SAME_M = 0.001;

export function distance(a: Position, b: Position): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

export function samePlace(a: Position, b: Position, tolerance = SAME_M): boolean {
  return distance(a, b) <= tolerance;
}

/** Signed area of a ring. Taken about its first corner: at VN-2000's magnitudes the plain formula loses square centimetres. */
function signedArea(ring: Ring): number {
  const [x0, y0] = ring[0] ?? [0, 0];
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [ax, ay] = ring[i] as Position;
    const [bx, by] = ring[(i + 1) % ring.length] as Position;
    sum += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return sum / 2;
}

/** Area of a polygon in m², holes taken off. */
export function area(rings: Ring[]): number {
  const [outer, ...holes] = rings.map((ring) => Math.abs(signedArea(ring)));
  return holes.reduce((left, hole) => left - hole, outer ?? 0);
}

/** A closed ring without the repeated corner at its end. */
export function open(ring: Ring): Ring {
  const first = ring[0];
  const last = ring[ring.length - 1];
  return first && last && ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring.slice();
}

export function close(ring: Ring): Ring {
  const corners = open(ring);
  return corners[0] ? [...corners, corners[0]] : corners;
}

export interface Edge {
  from: Position;
  to: Position;
  length: number;
  middle: Position;
}

/** The edges of a line, or of a closed ring. */
export function edges(line: Ring): Edge[] {
  return line.slice(1).map((to, index) => {
    const from = line[index] as Position;
    return { from, to, length: distance(from, to), middle: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] };
  });
}

export function length(line: Ring): number {
  return edges(line).reduce((sum, edge) => sum + edge.length, 0);
}

function keyOf(a: Position, b: Position): string {
  return a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]) ? `${a[0]} ${a[1]} ${b[0]} ${b[1]}` : `${b[0]} ${b[1]} ${a[0]} ${a[1]}`;
}

/**
 * The common boundary of two outlines that share corners to the last digit: one line a connected part, along `one`.
 * A part that goes all the way round (a parcel within another one's hole) is closed.
 */
export function commonBoundary(one: Ring[], other: Ring[]): Ring[] {
  const theirs = new Set(other.flatMap((ring) => edges(close(ring)).map(({ from, to }) => keyOf(from, to))));
  return one.flatMap((ring) => runs(open(ring), theirs));
}

function runs(ring: Ring, shared: ReadonlySet<string>): Ring[] {
  const at = (index: number): Position => ring[index % ring.length] as Position;
  const common = ring.map((from, index) => shared.has(keyOf(from, at(index + 1))));
  if (common.every(Boolean)) return [close(ring)];
  const start = common.findIndex((here, index) => here && !common[(index + ring.length - 1) % ring.length]);
  if (start < 0) return [];
  const found: Ring[] = [];
  for (let step = 0; step < ring.length; step++) {
    const index = (start + step) % ring.length;
    if (!common[index]) continue;
    const last = found[found.length - 1];
    if (last && common[(index + ring.length - 1) % ring.length] && step > 0) last.push(at(index + 1));
    else found.push([at(index), at(index + 1)]);
  }
  return found;
}

interface Foot {
  /** Index of the edge, and how far along it (0 to 1). */
  edge: number;
  along: number;
  distance: number;
}

function footOn(ring: Ring, place: Position): Foot {
  let best: Foot = { edge: 0, along: 0, distance: Number.POSITIVE_INFINITY };
  edges(close(ring)).forEach(({ from, to }, edge) => {
    const run: Position = [to[0] - from[0], to[1] - from[1]];
    const squared = run[0] ** 2 + run[1] ** 2;
    const share = squared === 0 ? 0 : ((place[0] - from[0]) * run[0] + (place[1] - from[1]) * run[1]) / squared;
    const along = Math.max(0, Math.min(1, share));
    const away = distance(place, [from[0] + along * run[0], from[1] + along * run[1]]);
    if (away < best.distance) best = { edge, along, distance: away };
  });
  return best;
}

/** How far a position is from a line or ring. */
export function distanceTo(line: Ring, place: Position): number {
  return edges(line).reduce((least, { from, to }) => Math.min(least, footOn([from, to], place).distance), Number.POSITIVE_INFINITY);
}

/** The outer ring along which two neighbours that share one boundary line stand together, without that line. */
export function hull(one: Ring, other: Ring, boundary: Ring): Ring | null {
  const first = withoutRun(open(one), boundary);
  const second = withoutRun(open(other), boundary);
  if (!first || !second) return null;
  const end = first[first.length - 1] as Position;
  const onward = samePlace(second[0] as Position, end) ? second : second.slice().reverse();
  return samePlace(onward[0] as Position, end) ? [...first, ...onward.slice(1, -1)] : null;
}

/** A ring without the corners inside a run of it, from the run's one end round to its other end. */
function withoutRun(ring: Ring, run: Ring): Ring | null {
  const indexOf = (place: Position): number => ring.findIndex((corner) => samePlace(corner, place));
  const from = indexOf(run[0] as Position);
  const to = indexOf(run[run.length - 1] as Position);
  if (from < 0 || to < 0 || from === to) return null;
  const next = indexOf(run[1] as Position);
  const forward = next === (from + 1) % ring.length && (run.length > 2 || next === to);
  const [begin, end] = forward ? [to, from] : [from, to];
  const kept: Ring = [];
  for (let index = begin; ; index = (index + 1) % ring.length) {
    kept.push(ring[index] as Position);
    if (index === end) return kept;
  }
}

/** A ring divided by a line whose ends lie on it (within 2 cm): the two closed parts, or null where they do not. */
export function divide(ring: Ring, line: Ring, tolerance = 0.02): [Ring, Ring] | null {
  const corners = open(ring);
  const [begin, end] = [line[0], line[line.length - 1]];
  if (!begin || !end || line.length < 2) return null;
  const [from, to] = [footOn(corners, begin), footOn(corners, end)];
  if (from.distance > tolerance || to.distance > tolerance) return null;
  const walk = (a: Foot, b: Foot): Ring => {
    const path: Ring = [];
    const direct = a.edge === b.edge && a.along < b.along;
    for (let index = a.edge; !direct; ) {
      index = (index + 1) % corners.length;
      path.push(corners[index] as Position);
      if (index === b.edge) break;
    }
    return path;
  };
  return [close([...line, ...walk(to, from)]), close([...line.slice().reverse(), ...walk(from, to)])];
}

/** A line whose ends reach beyond a ring, cut off where they cross it. */
export function clipped(ring: Ring, line: Ring): Ring {
  const cut = (path: Ring): Ring => {
    const [end, next] = [path[0], path[1]];
    if (!end || !next || footOn(open(ring), end).distance <= SAME_M || contains([ring], end)) return path;
    const crossings = edges(close(ring)).map(({ from, to }) => crossing(end, next, from, to)).filter((place): place is Position => place !== null);
    const nearest = crossings.sort((a, b) => distance(end, a) - distance(end, b))[0];
    return nearest ? [nearest, ...path.slice(1)] : path;
  };
  return cut(cut(line).slice().reverse()).slice().reverse();
}

/** Where two segments cross. */
function crossing(a: Position, b: Position, c: Position, d: Position): Position | null {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const turn = rx * sy - ry * sx;
  if (turn === 0) return null;
  const along = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn;
  const across = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn;
  // Not at its own beginning: a line may start on the ring.
  return along > 1e-9 && along <= 1 && across >= 0 && across <= 1 ? [a[0] + along * rx, a[1] + along * ry] : null;
}

/** Whether a position lies inside a polygon (rings, holes taken out). */
export function contains(rings: Ring[], [x, y]: Position): boolean {
  let inside = false;
  for (const ring of rings)
    for (const { from, to } of edges(close(ring)))
      if (from[1] > y !== to[1] > y && x < ((to[0] - from[0]) * (y - from[1])) / (to[1] - from[1]) + from[0]) inside = !inside;
  return inside;
}

/** West, south, east, north around some rings, `margin` metres wider. */
export function boxOf(rings: Ring[], margin = 0): [number, number, number, number] {
  const xs = rings.flat().map(([x]) => x);
  const ys = rings.flat().map(([, y]) => y);
  return [Math.min(...xs) - margin, Math.min(...ys) - margin, Math.max(...xs) + margin, Math.max(...ys) + margin];
}
