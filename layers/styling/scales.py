"""Zooms of styles and scale denominators of OGC services, on the Mercator plane."""

import math

# Circumference of the WGS 84 equator in metres; MapLibre shows it on 512 pixels at zoom 0.
AROUND = 40_075_016.68557849
PIXELS = 512
# A pixel of 0.28 mm defines scale denominators (OGC 06-042, 7.2.4.6.9).
PIXEL_METRES = 0.00028


def zoom_of_metres(metres: float) -> float:
    """MapLibre's zoom where a pixel has this many Mercator metres, to a thousandth."""
    return round(math.log2(AROUND / (PIXELS * metres)), 3) if metres > 0 else 24.0


def scale_denominator(zoom: float) -> float:
    """The scale at which a zoom is shown."""
    return float(AROUND / (PIXELS * 2**zoom) / PIXEL_METRES)


def zoom_of_scale(denominator: float) -> float:
    """The zoom shown at a scale, to a hundredth."""
    return round(zoom_of_metres(denominator * PIXEL_METRES), 2)
