"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2/): other people's applications report and read through it."""
