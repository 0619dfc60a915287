"""How long to measure, from the environment: BENCH_QUICK=1 makes a short run for development, whose ratios are rough."""

import os

QUICK = os.environ.get("BENCH_QUICK", "") == "1"
LIST_TILES = 60 if QUICK else 240  # tiles of the cold mix
LIST_ROUNDS = 1 if QUICK else 3
WARM_SECONDS = 2.0 if QUICK else 4.0
WARM_ROUNDS = 2 if QUICK else 5
SSE_CLIENTS = 200
SSE_EDITS = 60 if QUICK else 300
INTAKE_SECONDS = 5.0 if QUICK else 30.0
SEEN_REPORTS = 20 if QUICK else 100
WALL_SCREENS = 100
# How long the wall's memory is watched; a night is a better test than a coffee: BENCH_WALL_MINUTES=600.
WALL_MINUTES = float(os.environ.get("BENCH_WALL_MINUTES", "1" if QUICK else "3"))
WALL_IDLE_SECONDS = 20 if QUICK else 60
