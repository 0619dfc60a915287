# syntax=docker/dockerfile:1
# The production image: one for web, tiles and worker (compose.yaml tells them apart by command).

FROM debian:bookworm-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LC_ALL=C.UTF-8
# Django binds to the system's GDAL and GEOS; everything else comes as wheels.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 tzdata libgdal32 libgeos-c1v5 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM base AS tools
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir uv==0.13.9
ENV PATH=/opt/tools/bin:$PATH UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY pyproject.toml uv.lock ./

# What runs: no build tools, no developers' tools.
FROM tools AS wheels
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-default-groups --python /usr/bin/python3

# What is built: scripts, styles and compiled translations.
FROM tools AS frontend
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-default-groups --group build --python /usr/bin/python3
ENV PATH=/app/.venv/bin:$PATH
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY . .
# Settings want values; neither command opens the database.
RUN npm run build \
    && SECRET_KEY=build DATABASE_URL=postgis://build@localhost/build python manage.py build_messages \
    && rm -rf .venv node_modules

FROM base AS runtime
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin ioc \
    && install -d -o ioc -g ioc /data /data/static
COPY --from=wheels /app/.venv /app/.venv
COPY --from=frontend /app /app
ENV PATH=/app/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=gis_core.settings DATA_DIR=/data
USER ioc
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["granian", "--interface", "asgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "1", "--respawn-failed-workers", "--workers-kill-timeout", "8", "gis_core.asgi:application"]
