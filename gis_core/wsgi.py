"""WSGI entry point: Django alone, without tiles and live updates (management tools only; serve with gis_core.asgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
application = get_wsgi_application()
