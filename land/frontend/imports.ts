/** `/land/imports/`: parcels from files into the register and out of it again. */
import "ol/ol.css";
import "./imports/imports.css";

import type OlMap from "ol/Map.js";

import { need } from "@core/ui/dom.ts";

import { addressOf, data, imports, type Job } from "./imports/data.ts";
import { formView } from "./imports/form.ts";
import { JobView } from "./imports/job.ts";
import { Picture } from "./imports/picture.ts";
import { toast } from "./workspace/toasts.ts";

declare global {
  interface Window {
    /** What browser tests, and a person at the console, may ask about the picture. */
    imports?: { map: OlMap; readonly drawn: number };
  }
}

const panel = need("#panel");
let view: JobView | null = null;
const picture = new Picture(need("#map"), need("#readout"), (index) => view?.pick(index));
window.imports = {
  map: picture.map,
  get drawn() {
    return picture.drawn;
  },
};

function open(job: Job): void {
  history.pushState(null, "", addressOf(job.uid));
  view = new JobView(panel, picture, job);
}

function form(): void {
  view = null;
  picture.open(null);
  formView(panel, open, (code) => {
    const unit = data.units.find((one) => one.code === code);
    if (unit) picture.showUnit(unit.bounds);
  });
}

if (data.opened) imports.one(data.opened).then((job) => (view = new JobView(panel, picture, job)), (problem: Error) => toast(problem.message, "error"));
else form();
window.addEventListener("popstate", () => location.reload());
