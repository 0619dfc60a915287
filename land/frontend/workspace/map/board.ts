/** The drawing board: backdrop, exact parcels, the work itself, and what is wrong with it. */
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import Feature from "ol/Feature.js";
import { ScaleLine, Zoom } from "ol/control.js";
import WKT from "ol/format/WKT.js";
import LineString from "ol/geom/LineString.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import { DragPan, MouseWheelZoom, defaults } from "ol/interaction.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import type { Extent } from "ol/extent.js";

import { api } from "../api.ts";
import { boxOf, contains, type Position } from "../geometry.ts";
import { page, t, type Outline, type Parcel, type Rings, type Violation } from "../page.ts";
import { Backdrop, EXACT_BELOW } from "./backdrop.ts";
import { onPlane, plane } from "./plane.ts";
import { boardStyle, contextStyle, faultStyle } from "./styles.ts";

/** Metres around a chosen parcel in which its neighbours are fetched exactly. */
const AROUND_M = 40;
/** Metres a pixel: below this a corner's millimetres are a matter of pixels. */
const CLOSEST = 0.0025;

export interface Drawn {
  rings: Rings;
  colour?: string;
  label?: string;
  corners?: boolean;
  lengths?: boolean;
  dashed?: boolean;
  /** The caption goes under the parcel's own label instead of in its place. */
  below?: boolean;
  /** The parcel whose own label makes room for what is drawn here. */
  covers?: string;
}

export class Board {
  readonly map: OlMap;
  readonly target: HTMLElement;
  /** Exact outlines around the work: what lines snap to. */
  readonly context = new VectorSource<Feature<Polygon>>();
  /** What is drawn: outlines and lines of the tool in hand. */
  readonly work = new VectorSource<Feature<Polygon | LineString>>();
  readonly backdrop = new Backdrop();
  private readonly faults = new VectorSource();
  private readonly parcels = new Map<string, Parcel>();
  private covered = new Set<string>();
  private readonly onContext = new Set<() => void>();
  private loading = 0;

  constructor(target: HTMLElement) {
    this.target = target;
    const layers = [
      this.backdrop.layer,
      new VectorLayer({ source: this.context, style: contextStyle, updateWhileInteracting: true }),
      new VectorLayer({ source: this.work, style: boardStyle, updateWhileInteracting: true, updateWhileAnimating: true }),
      new VectorLayer({ source: this.faults, style: faultStyle }),
    ];
    const view = new View({ projection: plane, minResolution: CLOSEST, maxResolution: 150, constrainRotation: false, enableRotation: false, showFullExtent: true });
    this.map = new OlMap({
      target,
      layers,
      view,
      controls: [new Zoom({ zoomInTipLabel: t("zoomIn"), zoomOutTipLabel: t("zoomOut") }), new ScaleLine()],
      interactions: defaults({ altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false, dragPan: false, mouseWheelZoom: false })
        .extend([new DragPan(), new MouseWheelZoom({ maxDelta: 2 })]),
    });
    view.fit(onPlane(page.bounds), { padding: [20, 20, 20, 20] });
    this.map.on("moveend", () => void this.loadView());
  }

  /** Calls back whenever other exact parcels are on the board. */
  whenContextChanges(callback: () => void): void {
    this.onContext.add(callback);
  }

  /** All parcels on the board, by uid. */
  get known(): ReadonlyMap<string, Parcel> {
    return this.parcels;
  }

  /** Shows a place: an outline with room around it. */
  show(rings: Rings, closest = 0.02): void {
    const size = this.map.getSize() ?? [800, 600];
    const room = Math.min(...size) * 0.18;
    this.map.getView().fit(boxOf(rings) as Extent, { padding: [room, room, room, room], minResolution: closest, duration: 0 });
  }

  /** Fetches a parcel's surroundings exactly. */
  async loadAround(parcel: Parcel): Promise<void> {
    this.take(await api.inBox(boxOf(parcel.outline.coordinates, AROUND_M)));
  }

  /** Parcels on the board are fetched again: somebody changed the map. */
  async reload(): Promise<void> {
    const boxes = [...this.parcels.values()].map((parcel) => parcel.outline.coordinates).flat();
    this.backdrop.refresh();
    if (boxes.length > 0 && this.parcels.size < 400) this.take(await api.inBox(boxOf(boxes, 1)), true);
  }

  /** The parcel at a position: exact where it is on the board, else asked for. */
  async at(place: Position): Promise<Parcel | null> {
    const here = (parcel: Parcel): boolean => contains(parcel.outline.coordinates, place);
    const known = [...this.parcels.values()].find(here);
    if (known) return known;
    const [x, y] = place;
    const found = await api.inBox([x - 0.01, y - 0.01, x + 0.01, y + 0.01]);
    return found.find(here) ?? null;
  }

  private async loadView(): Promise<void> {
    const resolution = this.map.getView().getResolution() ?? 1;
    if (resolution > EXACT_BELOW) return;
    const asked = ++this.loading;
    const box = this.map.getView().calculateExtent(this.map.getSize() ?? [0, 0]);
    const found = await api.inBox(box).catch(() => []);
    if (asked === this.loading) this.take(found);
  }

  private take(found: Parcel[], all = false): void {
    if (all || this.parcels.size > 2_000) this.parcels.clear();
    for (const parcel of found) if (parcel.status !== "retired") this.parcels.set(parcel.uid, parcel);
    this.context.clear(true);
    this.context.addFeatures([...this.parcels.values()].map(contextFeature));
    this.cover(this.covered);
    for (const callback of this.onContext) callback();
  }

  /** Puts outlines and lines on the board in place of whatever was there; returns their features in order. */
  draw(shapes: Drawn[], lines: { line: Position[]; colour: string }[] = []): Feature<Polygon | LineString>[] {
    const features = [
      ...shapes.map(({ rings, ...look }) => new Feature<Polygon | LineString>({ geometry: new Polygon(rings), ...look })),
      ...lines.map(({ line, colour }) => new Feature<Polygon | LineString>({ geometry: new LineString(line), colour })),
    ];
    this.work.clear(true);
    this.work.addFeatures(features);
    this.cover(new Set(shapes.flatMap(({ covers }) => covers ?? [])));
    return features;
  }

  private cover(uids: Set<string>): void {
    this.covered = uids;
    for (const feature of this.context.getFeatures()) feature.set("covered", uids.has(String(feature.get("uid"))), true);
    this.context.changed();
  }

  /** Marks broken rules where they are broken. */
  drawFaults(violations: Violation[], picked = -1): void {
    const format = new WKT();
    this.faults.clear(true);
    violations.forEach((found, index) => {
      const geometry = found.wkt ? format.readGeometry(found.wkt) : found.place ? new Point(found.place) : null;
      if (geometry) this.faults.addFeature(new Feature({ geometry, picked: index === picked }));
    });
  }

  /** Moves to where a rule is broken. */
  showFault(found: Violation): void {
    if (!found.place) return;
    const view = this.map.getView();
    view.setCenter(found.place);
    view.setResolution(Math.min(view.getResolution() ?? 1, 0.1));
  }
}

/** The rings of an outline in WKT, as conflicts carry them. */
export function ringsOfWkt(wkt: string): Rings {
  const geometry = new WKT().readGeometry(wkt);
  return geometry instanceof Polygon ? (geometry.getCoordinates() as Rings) : [];
}

function contextFeature(parcel: Parcel): Feature<Polygon> {
  const use = parcel.land_uses[0]?.code ?? "";
  const feature = new Feature({ geometry: new Polygon((parcel.outline as Outline).coordinates), use, area: parcel.area_m2, uid: parcel.uid });
  feature.set("label", `${parcel.land_uses.map(({ code }) => code).join("+")}\n${parcel.parcel_no}`);
  return feature;
}
