/** The drawing tools by the kind of change that each draws, and the way from a stored change back into a tool. */
import type { Position } from "../page.ts";
import { Boundary } from "./boundary.ts";
import { Corners, type Move } from "./corners.ts";
import { Merge } from "./merge.ts";
import { SplitAreas, type Side } from "./split_areas.ts";
import { SplitLines } from "./split_lines.ts";
import type { Entry, Params } from "./entry.ts";

const others = (params: Params): string[] => (params["parcels"] as string[]).slice(1);

export const KIT: Entry[] = [
  {
    kind: "split_lines", key: "1", word: "toolSplitLines", icon: "M5 4h14v16H5zM14 2L9 22",
    make: (bench, state) => new SplitLines(bench, state as ConstructorParameters<typeof SplitLines>[1]),
    state: (params) => ({ lines: params["lines"] as Position[][] }),
  },
  {
    kind: "split_areas", key: "2", word: "toolSplitAreas", icon: "M4 5h16v14H4zM10 5v14M6 9h2M6 12h2M6 15h2",
    make: (bench, state) => new SplitAreas(bench, state as ConstructorParameters<typeof SplitAreas>[1]),
    state: (params) => ({ areas: params["areas"] as number[], side: (params["side"] as Side | null) ?? null, bearing: (params["bearing"] as number | null) ?? null }),
  },
  {
    kind: "merge", key: "3", word: "toolMerge", icon: "M4 5h16v14H4zM12 5v3M12 11v2M12 16v3M7 12h3M14 12h3",
    make: (bench, state) => new Merge(bench, state as ConstructorParameters<typeof Merge>[1]),
    state: (params) => ({ others: others(params) }),
  },
  {
    kind: "adjust_boundary", key: "4", word: "toolBoundary", icon: "M4 5h16v14H4zM11 5l3 7-2 7M16 9l3 3-3 3",
    make: (bench, state) => new Boundary(bench, state as ConstructorParameters<typeof Boundary>[1]),
    state: (params) => ({ other: others(params)[0] ?? null, line: (params["lines"] as Position[][])[0] ?? [] }),
  },
  {
    kind: "correct_corners", key: "5", word: "toolCorners", icon: "M5 7l12-2 3 13-15 2zM5 5v4M3 7h4M17 3v4M15 5h4",
    make: (bench, state) => new Corners(bench, state as ConstructorParameters<typeof Corners>[1]),
    state: (params) => ({ moves: params["moves"] as Move[] }),
  },
];

/** The parcel that a stored change is drawn from. */
export function targetOf(params: Params): string | null {
  return (params["parcel"] as string | undefined) ?? (params["parcels"] as string[] | undefined)?.[0] ?? null;
}
