"""The kinds of analyses, one file each. Importing this package makes them known."""

from layers.analysis.kinds import buffer, change, clusters, density, facilities, getis_ord, overlay, service_area, site, topology, zonal

__all__ = ["buffer", "change", "clusters", "density", "facilities", "getis_ord", "overlay", "service_area", "site", "topology", "zonal"]
