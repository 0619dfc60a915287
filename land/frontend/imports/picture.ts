/** The map beside the report, on the VN-2000 plane: the file's parcels over what is there, and everything that is wrong. */
import Feature from "ol/Feature.js";
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import { ScaleLine, Zoom } from "ol/control.js";
import type { Extent } from "ol/extent.js";
import WKT from "ol/format/WKT.js";
import Point from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style, Text } from "ol/style.js";
import type { FeatureLike } from "ol/Feature.js";

import { metres } from "@core/ui/format.ts";

import { Backdrop } from "../workspace/map/backdrop.ts";
import { onPlane, plane } from "../workspace/map/plane.ts";
import { fillOf } from "../workspace/map/styles.ts";
import { page, t } from "../workspace/page.ts";
import { imports, type Fault, type Job } from "./data.ts";

const FONT = '"Be Vietnam Pro", sans-serif';
const COLOURS = { error: "#c92a3a", warning: "#b7791f", parcel: "#0a7285" };
const HALO = new Stroke({ color: "rgb(255 255 255 / 92%)", width: 3.5 });

export class Picture {
  readonly map: OlMap;
  private readonly sheets = new VectorSource();
  private readonly parcels = new VectorSource();
  private readonly faults = new VectorSource();
  private job: Job | null = null;
  private asked = 0;

  constructor(target: HTMLElement, readout: HTMLElement, picked: (index: number) => void) {
    const backdrop = new Backdrop();
    backdrop.layer.setOpacity(0.55);
    this.map = new OlMap({
      target,
      layers: [
        backdrop.layer,
        new VectorLayer({ source: this.sheets, style: sheetStyle }),
        new VectorLayer({ source: this.parcels, style: parcelStyle }),
        new VectorLayer({ source: this.faults, style: faultStyle }),
      ],
      view: new View({ projection: plane, minResolution: 0.005, maxResolution: 150, enableRotation: false, showFullExtent: true }),
      controls: [new Zoom({ zoomInTipLabel: t("zoomIn"), zoomOutTipLabel: t("zoomOut") }), new ScaleLine()],
    });
    this.map.getView().fit(onPlane(page.bounds), { padding: [20, 20, 20, 20] });
    this.map.on("moveend", () => void this.loadParcels());
    this.map.on("pointermove", ({ coordinate: [east, north] }) => {
      readout.textContent = `${t("xNorth")} ${metres(north ?? 0)}  ${t("yEast")} ${metres(east ?? 0)}`;
    });
    this.map.on("singleclick", ({ pixel }) => {
      const found = this.map.getFeaturesAtPixel(pixel, { hitTolerance: 6 }).find((feature) => feature.get("index") !== undefined);
      if (found) picked(Number(found.get("index")));
    });
  }

  /** How many parcels are drawn one by one. */
  get drawn(): number {
    return this.parcels.getFeatures().length;
  }

  showUnit(bounds: readonly [number, number, number, number]): void {
    this.map.getView().fit(onPlane([...bounds]) as Extent, { padding: [30, 30, 30, 30] });
  }

  /** Another import, or none. */
  open(job: Job | null): void {
    const other = job?.uid !== this.job?.uid || job?.state !== this.job?.state;
    this.job = job;
    if (!other) return;
    this.sheets.clear();
    this.parcels.clear();
    this.faults.clear();
    const format = new WKT();
    for (const { wkt, sheet, parcels } of job?.sheets ?? [])
      if (wkt && !wkt.includes("EMPTY")) this.sheets.addFeature(new Feature({ geometry: format.readGeometry(wkt), sheet, parcels }));
    if (job?.bounds) {
      this.map.getView().fit(job.bounds, { padding: [40, 40, 40, 40], minResolution: 0.05 });
      void this.loadParcels();
    }
  }

  show(faults: Fault[]): void {
    const format = new WKT();
    this.faults.clear();
    faults.forEach((fault, index) => {
      const about = { index, error: fault.is_error };
      if (fault.wkt) this.faults.addFeature(new Feature({ geometry: format.readGeometry(fault.wkt), ...about }));
      if (fault.place) this.faults.addFeature(new Feature({ geometry: new Point(fault.place), ...about }));
    });
  }

  /** Goes to a problem and marks it. */
  goTo(fault: Fault, index: number): void {
    for (const feature of this.faults.getFeatures()) feature.set("picked", feature.get("index") === index);
    const view = this.map.getView();
    const shape = this.faults.getFeatures().find((feature) => feature.get("index") === index && !(feature.getGeometry() instanceof Point));
    const extent = shape?.getGeometry()?.getExtent();
    if (extent && Math.max((extent[2] ?? 0) - (extent[0] ?? 0), (extent[3] ?? 0) - (extent[1] ?? 0)) > 0.5)
      view.fit(extent, { padding: [160, 160, 160, 160], minResolution: 0.02 });
    else if (fault.place) {
      view.setCenter(fault.place);
      view.setResolution(0.05);
    }
  }

  private async loadParcels(): Promise<void> {
    const job = this.job;
    if (!job?.bounds || (job.state !== "checked" && job.state !== "submitted")) return;
    const asked = ++this.asked;
    const box = this.map.getView().calculateExtent(this.map.getSize() ?? [0, 0]);
    const found = await imports.outlines(job.uid, box).catch(() => null);
    if (!found || asked !== this.asked) return;
    this.parcels.clear(true);
    this.parcels.addFeatures(found.features.map(({ geometry, properties }) => new Feature({ geometry: new Polygon(geometry.coordinates), ...properties })));
  }
}

function sheetStyle(feature: FeatureLike, resolution: number): Style | undefined {
  const extent = feature.getGeometry()?.getExtent() ?? [0, 0, 0, 0];
  const width = ((extent[2] ?? 0) - (extent[0] ?? 0)) / resolution;
  if (width > 2_400) return undefined;
  const style = new Style({ stroke: new Stroke({ color: `${COLOURS.parcel}90`, width: 1.4, lineDash: [6, 5] }), fill: new Fill({ color: `${COLOURS.parcel}12` }) });
  if (width > 60 && feature.get("sheet")) style.setText(new Text({ text: t("sheetOf", { sheet: String(feature.get("sheet")), n: String(feature.get("parcels")) }), font: `600 12px ${FONT}`, fill: new Fill({ color: COLOURS.parcel }), stroke: HALO, textAlign: "left", placement: "point", overflow: true, offsetY: -6 }));
  return style;
}

function parcelStyle(feature: FeatureLike, resolution: number): Style {
  const bad = Boolean(feature.get("bad"));
  const style = new Style({
    stroke: new Stroke({ color: bad ? COLOURS.error : "#5d5543", width: bad ? 2 : resolution < 1 ? 1 : 0.5 }),
    fill: new Fill({ color: bad ? `${COLOURS.error}30` : `${fillOf(String(feature.get("use")))}b0` }),
    zIndex: bad ? 1 : 0,
  });
  if (resolution < 0.35) style.setText(new Text({ text: `${String(feature.get("label"))}\n${String(feature.get("use"))}`, font: `500 11px ${FONT}`, fill: new Fill({ color: "#4a4130" }), stroke: HALO }));
  return style;
}

function faultStyle(feature: FeatureLike): Style {
  const colour = feature.get("error") ? COLOURS.error : COLOURS.warning;
  const picked = Boolean(feature.get("picked"));
  return new Style({
    stroke: new Stroke({ color: colour, width: picked ? 4 : 2.4 }),
    fill: new Fill({ color: `${colour}55` }),
    image: new Circle({ radius: picked ? 9 : 5, fill: new Fill({ color: `${colour}cc` }), stroke: new Stroke({ color: "#fff", width: 1.6 }) }),
    zIndex: picked ? 3 : 2,
  });
}
