/** The wall's first view on a phone: numbers, alerts and reports without the map's engine, so that it opens on a bad line. */
import "./wall/css/phone.css";

import { LiveConnection, liveUrl } from "@core/map/live.ts";
import { readPage } from "@core/page.ts";
import { bindChip } from "@core/ui/chip.ts";
import { need } from "@core/ui/dom.ts";

import { Alerts } from "./wall/alerts.ts";
import { Area } from "./wall/area.ts";
import { Choropleth } from "./wall/choropleth.ts";
import { runClock, showAge } from "./wall/clock.ts";
import { Incidents } from "./wall/incidents.ts";
import { Metrics } from "./wall/metrics.ts";
import type { WallPage } from "./wall/page.ts";
import { watchScreen } from "./wall/screen.ts";
import { Sound } from "./wall/sound.ts";
import { chooseTheme } from "./wall/theme.ts";

chooseTheme();

const page = readPage() as WallPage;
const area = new Area();
const metrics = new Metrics(need("#metrics"), page, area);
const choropleth = new Choropleth(page, area);
const alerts = new Alerts(page, new Sound());
const incidents = new Incidents(page, alerts);
const askScreen = watchScreen(page);
choropleth.choose("*");
runClock(need("#clock"), need("#today"));

const link = new LiveConnection(liveUrl(page.urls.live, page.layers.map(({ name }) => name)), {
  change: (changes) => {
    metrics.note(changes);
    choropleth.note(changes);
    alerts.reload();
    if (changes.some(({ layer }) => incidents.listens(layer))) incidents.reload();
  },
  resync: () => {
    metrics.reload();
    incidents.reload();
    alerts.reload();
    void choropleth.read();
  },
  state: (state) => {
    document.body.dataset["link"] = state;
    if (state !== "live") askScreen();
    drawChip();
  },
}, page.seq ?? null);
const drawChip = bindChip(need("#chip"), () => link);
showAge(need("#age"), link);
