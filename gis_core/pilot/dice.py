"""Random numbers that depend on a seed and a subject only, not on what was drawn before."""

from zlib import crc32

import numpy as np

from gis_core.pilot.ragged import Floats


def dice(seed: int, *subject: object) -> np.random.Generator:
    """A generator of its own for a subject: dice(7, "lots", "20341")."""
    return np.random.default_rng([seed, *(crc32(str(part).encode()) for part in subject)])


class Noise:
    """A smooth random surface: values about -1..1, hills about `wavelength` metres apart."""

    _SIZE = 64

    def __init__(self, seed: int, subject: str, wavelength: float) -> None:
        self._lattice = dice(seed, "noise", subject).uniform(-1.0, 1.0, (self._SIZE, self._SIZE))
        self._wavelength = wavelength

    def __call__(self, points: Floats) -> Floats:
        """Heights at points (n, 2) in metres."""
        place = points / self._wavelength
        corner = np.floor(place).astype(np.int64)
        u, v = _eased(place - corner).T
        i, j = (corner % self._SIZE).T
        k, m = (i + 1) % self._SIZE, (j + 1) % self._SIZE
        low = self._lattice[i, j] * (1 - u) + self._lattice[k, j] * u
        high = self._lattice[i, m] * (1 - u) + self._lattice[k, m] * u
        result: Floats = low * (1 - v) + high * v
        return result


def _eased(fraction: Floats) -> Floats:
    """0..1 with flat ends, so that the surface has no creases."""
    result: Floats = fraction * fraction * (3 - 2 * fraction)
    return result
