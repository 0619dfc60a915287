/** `/uploads/`: files become layers; their style, access and versions afterwards. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./uploads/uploads.css";

import { hasWebGL2 } from "@core/map/create.ts";
import { need } from "@core/ui/dom.ts";

import { addressOf, api, data, layerAddress, type Upload } from "./uploads/data.ts";
import { formView } from "./uploads/form.ts";
import { JobView } from "./uploads/job.ts";
import { LayerView } from "./uploads/layer.ts";
import { Stage } from "./uploads/stage.ts";
import { toast } from "./uploads/toast.ts";

const panel = need("#panel");
const stage = hasWebGL2() ? new Stage(need("#map")) : null;

function openJob(job: Upload): void {
  history.pushState(null, "", addressOf(job.uid));
  new JobView(panel, stage, job, openLayer);
}

function openLayer(name: string): void {
  location.assign(layerAddress(name));
}

async function start(): Promise<void> {
  if (data.opened) new JobView(panel, stage, await api.one(data.opened), openLayer);
  else if (data.layer) new LayerView(panel, stage, await api.layer(data.layer), openJob);
  else formView(panel, openJob);
}

start().catch((problem: Error) => toast(problem.message, "error"));
window.addEventListener("popstate", () => location.reload());
