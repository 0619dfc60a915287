/** `/analysis/`: analyses are asked for, followed, looked at on the map, and kept as layers. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./uploads/uploads.css";
import "./analysis/analysis.css";

import { hasWebGL2 } from "@core/map/create.ts";
import { need } from "@core/ui/dom.ts";

import { addressOf, api, data, type Analysis } from "./analysis/data.ts";
import { formView } from "./analysis/form.ts";
import { AnalysisView } from "./analysis/job.ts";
import { Stage } from "./uploads/stage.ts";
import { toast } from "./uploads/toast.ts";

const panel = need("#panel");
const stage = hasWebGL2() ? new Stage(need("#map")) : null;

function open(job: Analysis): void {
  history.pushState(null, "", addressOf(job.uid));
  new AnalysisView(panel, stage, job, open);
}

async function start(): Promise<void> {
  if (data.opened) new AnalysisView(panel, stage, await api.one(data.opened), open);
  else {
    formView(panel, open);
    await stage?.ground();
  }
}

start().catch((problem: Error) => toast(problem.message, "error"));
window.addEventListener("popstate", () => location.reload());
