/** Leaflet as a plain script for the maps of reports (layers/briefings/folium_map.py), which folium writes against the global `L`. */
import * as leaflet from "leaflet";
import "leaflet/dist/leaflet.css";

Object.assign(window, { L: { ...leaflet } });
