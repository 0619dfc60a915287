/**
 * Map symbols without a sprite: a style names "<icon>/<rrggbb>" (icon-image), and the pin is drawn here at the screen's
 * own density. Icons are Maki's (CC0); a name it lacks becomes a plain dot.
 */
import aquarium from "@mapbox/maki/icons/aquarium.svg";
import bank from "@mapbox/maki/icons/bank.svg";
import beach from "@mapbox/maki/icons/beach.svg";
import bridge from "@mapbox/maki/icons/bridge.svg";
import building from "@mapbox/maki/icons/building.svg";
import bus from "@mapbox/maki/icons/bus.svg";
import car from "@mapbox/maki/icons/car.svg";
import college from "@mapbox/maki/icons/college.svg";
import communications from "@mapbox/maki/icons/communications-tower.svg";
import construction from "@mapbox/maki/icons/construction.svg";
import danger from "@mapbox/maki/icons/danger.svg";
import doctor from "@mapbox/maki/icons/doctor.svg";
import drinking from "@mapbox/maki/icons/drinking-water.svg";
import fire from "@mapbox/maki/icons/fire-station.svg";
import garden from "@mapbox/maki/icons/garden.svg";
import historic from "@mapbox/maki/icons/historic.svg";
import hospital from "@mapbox/maki/icons/hospital.svg";
import information from "@mapbox/maki/icons/information.svg";
import landmark from "@mapbox/maki/icons/landmark.svg";
import library from "@mapbox/maki/icons/library.svg";
import lodging from "@mapbox/maki/icons/lodging.svg";
import monument from "@mapbox/maki/icons/monument.svg";
import museum from "@mapbox/maki/icons/museum.svg";
import park from "@mapbox/maki/icons/park.svg";
import pharmacy from "@mapbox/maki/icons/pharmacy.svg";
import worship from "@mapbox/maki/icons/place-of-worship.svg";
import playground from "@mapbox/maki/icons/playground.svg";
import police from "@mapbox/maki/icons/police.svg";
import post from "@mapbox/maki/icons/post.svg";
import restaurant from "@mapbox/maki/icons/restaurant.svg";
import accident from "@mapbox/maki/icons/road-accident.svg";
import school from "@mapbox/maki/icons/school.svg";
import shop from "@mapbox/maki/icons/shop.svg";
import townHall from "@mapbox/maki/icons/town-hall.svg";
import viewpoint from "@mapbox/maki/icons/viewpoint.svg";
import waste from "@mapbox/maki/icons/waste-basket.svg";
import water from "@mapbox/maki/icons/water.svg";
import waterfall from "@mapbox/maki/icons/waterfall.svg";

const ICONS: Record<string, string> = {
  aquarium, bank, beach, bridge, building, bus, car, college, "communications-tower": communications, construction, danger, doctor,
  "drinking-water": drinking, "fire-station": fire, garden, historic, hospital, information, landmark, library, lodging, monument,
  museum, park, pharmacy, "place-of-worship": worship, playground, police, post, restaurant, "road-accident": accident, school,
  shop, "town-hall": townHall, viewpoint, "waste-basket": waste, water, waterfall,
};
/** Diameter of a pin on a screen of ordinary density. */
const SIZE = 24;

/** The pin for an image id, or null when the id is not of this kind. */
export async function drawIcon(id: string, density: number): Promise<ImageData | null> {
  const match = /^([a-z0-9-]+)\/([0-9a-f]{6})$/i.exec(id);
  if (!match) return null;
  const [, name = "", color = ""] = match;
  const size = Math.round(SIZE * density);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.scale(size / SIZE, size / SIZE);
  disc(context, SIZE / 2 - 1.5, "#ffffff");
  disc(context, SIZE / 2 - 3, `#${color}`);
  const markup = ICONS[name];
  if (markup) context.drawImage(await glyph(markup, size), 5.5, 5.5, 13, 13);
  else disc(context, 3, "#ffffff");
  return context.getImageData(0, 0, size, size);
}

function disc(context: CanvasRenderingContext2D, radius: number, color: string): void {
  context.beginPath();
  context.arc(SIZE / 2, SIZE / 2, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}

/** The icon in white; drawn larger than needed, so that it stays sharp. */
async function glyph(markup: string, size: number): Promise<HTMLImageElement> {
  const image = new Image(size, size);
  const white = markup.replace("<svg ", `<svg fill="#ffffff" `).replace(/width="15" height="15"/, `width="${size}" height="${size}"`);
  image.src = `data:image/svg+xml,${encodeURIComponent(white)}`;
  await image.decode();
  return image;
}
