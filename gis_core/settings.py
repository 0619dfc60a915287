"""All settings, from the environment alone. The other packages appear here only as strings."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext

from gis_core import env
from gis_core.outbound.s3 import s3_storages

# Generic classes of Django (ModelAdmin[…]) at run time, as mypy reads them.
django_stubs_ext.monkeypatch()

# GDAL and OGR open files by content: drivers that reach other files or the network must be off before any library loads.
os.environ.setdefault("GDAL_SKIP", "VRT,WMS,WMTS,WCS,HTTP,PLMOSAIC,OGCAPI,STACIT,STACTA,GDALG,DAAS,EEDAI,NGW,DERIVED")
os.environ.setdefault("OGR_SKIP", "OGR_VRT,GDALG,HTTP,WFS,OAPIF,CSW,ElasticSearch,Carto,AmigoCloud,PLSCENES,NGW,EEDA,GMLAS")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
# Compiled loops of the tile engine are kept between processes; read by numba when it is first imported.
os.environ.setdefault("NUMBA_CACHE_DIR", str(DATA_DIR / "numba"))

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY")
# Signs the audit log's chain. A key of its own outlives a change of SECRET_KEY, which ends sessions.
AUDIT_KEY = env.optional_secret("AUDIT_KEY") or SECRET_KEY
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", "").rstrip("/")

INSTALLED_APPS = [
    "gis_core.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "procrastinate.contrib.django",
    "ninja",
    "gis_core",
    "layers",
    "tiles",
    "land",
    "incidents",
]
MIDDLEWARE = [
    "gis_core.middleware.request_scope.RequestScopeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gis_core.middleware.identity.IdentityMiddleware",
    "gis_core.middleware.replica.ReplicaMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gis_core.middleware.errors.ErrorMiddleware",
]
ROOT_URLCONF = "gis_core.urls"
ASGI_APPLICATION = "gis_core.asgi.application"
WSGI_APPLICATION = "gis_core.wsgi.application"
# The hot path: prefix -> plain ASGI application beside Django (docs/adr/0002).
HOT_PATHS = {
    "/tiles/": "tiles.asgi.application",
    "/live/": "layers.live.asgi.application",
    "/incidents/intake/": "incidents.asgi.application",
    "/wms": "tiles.wms.asgi.application",
    "/wmts": "tiles.wmts.asgi.application",
}
# Addresses of the hot path below Django's own: tiles where OGC API - Tiles wants them.
HOT_PATTERNS = {r"/ogc/(?:collections/[^/]+/)?(?:map/)?tiles/[^/]+/[^/]+/[^/]+/[^/]+": "tiles.ogc.asgi.application"}
# Started and stopped with the ASGI process.
LIFESPANS = [
    "gis_core.changes.hub.lifespan",
    "gis_core.serving.pulse.lifespan",
    "layers.store.registry.lifespan",
    "gis_core.auth.watch.lifespan",
    "layers.live.asgi.lifespan",
    "layers.alerts.watch.lifespan",
    "tiles.asgi.lifespan",
    "gis_core.observing.watchdog.lifespan",
]

# What may be read from the replica: lists, items, files, queries, the wall (writes, locks, permissions, sessions never are).
REPLICA_PATHS = ("/ogc/", "/wfs", "/query/", "/wall/", "/open311/", "/api/land/statistics")

# Addresses whose protocol has a form of its own for failures: path -> function of (request, problem).
PROBLEM_FORMATS = {"/wfs": "layers.wfs.exceptions.report"}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gis_core.views.menu.menu",
            ],
        },
    },
]

# Who adds pages to the head of every page, in this order (gis_core/views/menu.py).
HEAD_MENU = ("land.workspace.menu.entries", "incidents.board.menu.entries", "layers.reporting.menu.entries", "layers.analysis.menu.entries")

# The API of domain verbs: prefix -> router (docs/adr/0012).
API_ROUTERS = {
    "/land": "land.api.router",
    "/incidents": "incidents.api.router",
    "/uploads": "layers.uploads.api.router",
    "/alerts": "layers.alerts.api.router",
    "/analyses": "layers.analysis.api.router",
    "/briefings": "layers.briefings.api.router",
    "/observations": "layers.ingestion.api.observations_router",
    "/indicators": "layers.ingestion.api.indicators_router",
    "/traffic": "layers.ingestion.api.traffic_router",
    "/feeds": "layers.ingestion.feeds_api.router",
    "/reports": "layers.reporting.api.router",
}

DATABASE_URL = env.secret("DATABASE_URL")
# What makes and changes the tables of uploads: a role that may create tables, which the web processes do not have.
LOADER_DATABASE_URL = env.optional_secret("LOADER_DATABASE_URL")
# A Dask cluster that computes the tiles of analyses: tcp://host:8786, or local:2 for two processes here; empty: in place.
DASK_SCHEDULER = env.text("DASK_SCHEDULER", "")
DATABASES = {"default": {**env.database(DATABASE_URL), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
# A standby that reads of pages and items go to as soon as it has what the reader must see (gis_core/serving/replica.py); empty: none.
if REPLICA_DATABASE_URL := env.optional_secret("REPLICA_DATABASE_URL"):
    DATABASES["replica"] = {**env.database(REPLICA_DATABASE_URL), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS = ["gis_core.serving.replica.Router"]
# The way past a pooler, where DATABASE_URL goes through one: for the follower and the hot path (docs/scale.md).
DIRECT_DATABASE_URL = env.optional_secret("DIRECT_DATABASE_URL")
DIRECT_DATABASE: dict[str, Any] = env.database(DIRECT_DATABASE_URL) if DIRECT_DATABASE_URL else {}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = bool(DIRECT_DATABASE)
# Applied to every request, not to commands: a migration or an import may well take longer.
# Offices that want no change of a feature over OGC API without If-Match. QGIS does not send it.
REQUIRE_IF_MATCH = env.flag("REQUIRE_IF_MATCH", default=False)
STATEMENT_TIMEOUT_MS = env.integer("STATEMENT_TIMEOUT_MS", 8_000)
LOCK_TIMEOUT_MS = env.integer("LOCK_TIMEOUT_MS", 2_000)
HOT_PATH_POOL = env.integer("HOT_PATH_POOL", 6)
REQUEST_POOL = env.integer("REQUEST_POOL", 8)
# Requests of pages, items and verbs at work in a process, how many more may wait, and how long (gis_core/serving/admission.py).
REQUESTS_AT_ONCE = env.integer("REQUESTS_AT_ONCE", 12)
REQUESTS_WAITING = env.integer("REQUESTS_WAITING", 64)
REQUEST_PATIENCE_MS = env.integer("REQUEST_PATIENCE_MS", 1_000)
# Layers in this process's memory (docs/adr/0007); a layer above its budget stays with the database. STORE_BUDGET_MB is what
# each layer may take, STORE_BUDGETS_MB says otherwise of single ones: "parcels=900,roads=50".
FEATURE_STORE = env.flag("FEATURE_STORE", default=True)
STORE_BUDGET_MB = env.integer("STORE_BUDGET_MB", 400)
STORE_BUDGETS_MB = env.integers("STORE_BUDGETS_MB")
# Threads that draw map images; each may hold a connection.
DRAWING_THREADS = env.integer("DRAWING_THREADS", 2)
TILE_CACHE_MB = env.integer("TILE_CACHE_MB", 64)
# A directory that nginx reads finished public tiles from (docs/adr/0010), and how much may lie there; empty: none.
TILE_FILES = env.text("TILE_FILES", "")
TILE_FILES_MB = env.integer("TILE_FILES_MB", 512)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "gis_core.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
# Whether the administration opens only to accounts that signed in with a second factor. Whoever has one must always use it.
ADMIN_TWO_FACTOR = env.flag("ADMIN_TWO_FACTOR", default=PUBLIC_URL.startswith("https://"))
OTP_TOTP_ISSUER = "IOC map"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
# Where tokens open nothing: a program's token must not make accounts, tokens or passwords.
SESSION_PATHS = ("/accounts/", "/admin/")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["gis_core.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
# Converted rasters: a folder that web and worker processes share (docs/rasters.md).
COVERAGE_DIR = Path(env.text("COVERAGE_DIR", str(DATA_DIR / "coverages"))).resolve()
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Files beside those of file fields that rows name: functions without arguments that yield those that are missing.
FILE_CHECKS = ["incidents.photos.store.missing"]
# Photos of incidents: files under DATA_DIR, or an S3-compatible store when a bucket is named (docs/incidents.md).
PHOTO_BUCKET = env.text("PHOTO_BUCKET", "")
if PHOTO_BUCKET:
    _PHOTOS = s3_storages(PHOTO_BUCKET, env.text("PHOTO_S3_URL", ""), env.secret("PHOTO_S3_KEY"), env.secret("PHOTO_S3_SECRET"))
else:
    _FILES = "incidents.photos.files.WholeFiles"
    _PHOTOS = {name: {"BACKEND": _FILES, "OPTIONS": {"location": str(DATA_DIR / "media" / name)}} for name in ("originals", "photos")}
STORAGES = {**STORAGES, **_PHOTOS}
# Reports an hour: of one device, of all new devices behind one address, and of one commune before they are flagged.
REPORTS_PER_DEVICE = env.integer("REPORTS_PER_DEVICE", 60)
REPORTS_PER_ADDRESS = env.integer("REPORTS_PER_ADDRESS", 600)
REPORTS_PER_AREA = env.integer("REPORTS_PER_AREA", 600)

# How long contacts of resolved reports are kept, and what tells or erases a person's data (gis_core/audit/privacy.py).
RETAIN_CONTACTS_DAYS = env.integer("RETAIN_CONTACTS_DAYS", 365)
DATA_SUBJECTS = ("gis_core.audit.privacy.accounts", "incidents.privacy.subjects", "land.privacy.subjects")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Outgoing requests (gis_core/outbound.py): hosts that webhooks may go to ("example.vn", "bus.example.vn:8443", "*.example.vn"),
# networks with private addresses in which such hosts may lie ("10.20.0.0/16"), and whether plain HTTP will do.
OUTBOUND_HOSTS = env.names("OUTBOUND_HOSTS")
OUTBOUND_NETWORKS = env.networks("OUTBOUND_NETWORKS")
OUTBOUND_PLAIN_HTTP = env.flag("OUTBOUND_PLAIN_HTTP", default=False)

# Hosts whose camera pictures the wall may show ("https://cam.example.vn"); without any only pictures of this service's own host.
CAMERA_ORIGINS = env.names("CAMERA_ORIGINS")

# What Open311's discovery tells: the jurisdiction, whom to ask for a key, since when the data are there.
OPEN311_JURISDICTION = env.text("OPEN311_JURISDICTION", "danang.gov.vn")
OPEN311_CONTACT = env.text("OPEN311_CONTACT", "ioc@danang.gov.vn")
OPEN311_CHANGESET = "2026-11-28T00:00:00+07:00"

# Mail goes through the given server; without one it is kept as files, so that nothing is lost while there is none.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "ioc-map@localhost")

# The pilot's reference points must transform by EPSG:6960; start-up compares them (gis_core/checks.py).
CADASTRAL_SRID = env.integer("CADASTRAL_SRID", 5899)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "gis_core.logs.RequestFilter"}},
    "formatters": {"json": {"()": "gis_core.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.security.DisallowedHost": {"level": "ERROR"}, "procrastinate": {"level": "WARNING"}},
}
CSRF_FAILURE_VIEW = "gis_core.http_errors.csrf_failure"
# gis.W001: GDAL before 3.9 cannot block files and hosts named in CRS strings. No CRS string of a request reaches GDAL:
# SRIDs come from gis_core.crs.SUPPORTED, and uploads are read in a process of their own.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
