"""GeoHash of many positions at once (the same as PostGIS's ST_GeoHash)."""

import numpy as np
from numpy.typing import NDArray

_ALPHABET = np.frombuffer(b"0123456789bcdefghjkmnpqrstuvwxyz", dtype="S1")


def geohash(lonlat: NDArray[np.float64], length: int = 12) -> NDArray[np.str_]:
    """Codes of `length` characters for positions (n, 2) lon, lat in degrees; at most 12 characters."""
    bits = 5 * length
    lon = _cell(lonlat[:, 0], 180.0, (bits + 1) // 2)
    lat = _cell(lonlat[:, 1], 90.0, bits // 2)
    code = np.zeros(len(lonlat), np.uint64)
    for place in range(bits):
        # From the first bit on, longitude and latitude take turns.
        source, left = (lon, (bits + 1) // 2 - 1 - place // 2) if place % 2 == 0 else (lat, bits // 2 - 1 - place // 2)
        code = (code << np.uint64(1)) | ((source >> np.uint64(left)) & np.uint64(1))
    letters = np.empty((len(lonlat), length), "S1")
    for place in range(length):
        letters[:, place] = _ALPHABET[((code >> np.uint64(5 * (length - 1 - place))) & np.uint64(31)).astype(np.int64)]
    return letters.view(f"S{length}").reshape(-1).astype(str)


def _cell(degrees: NDArray[np.float64], limit: float, bits: int) -> NDArray[np.uint64]:
    """Which of 2**bits equal parts of -limit..limit each value falls in."""
    part = np.floor((degrees + limit) / (2 * limit) * 2.0**bits)
    return np.clip(part, 0, 2.0**bits - 1).astype(np.uint64)
