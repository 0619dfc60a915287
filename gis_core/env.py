"""Reading settings from the environment: strict, and with a sentence that names the variable when a value is wrong."""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def text(name: str, default: str | None = None) -> str:
    """The variable `name`; without a default it must be there."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def secret(name: str) -> str:
    """`name`, or the first line of the file that `name`_FILE points to (so that secrets need not stand in the environment)."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return text(name)
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error.strerror}.") from error
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE: {path} is empty.")
    return value


def optional_secret(name: str) -> str:
    """As `secret`; empty where neither variable is set."""
    return secret(name) if os.environ.get(name) or os.environ.get(f"{name}_FILE") else ""


def flag(name: str, *, default: bool) -> bool:
    """1/true/yes or 0/false/no; anything else is a mistake, not a False."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return _TRUTH[value.lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{name}={value!r}: use 1 or 0.") from None


def integer(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number.") from None


def integers(name: str) -> dict[str, int]:
    """Whole numbers by name: "a=1,b=2"."""
    found = {}
    for part in names(name):
        key, _equals, value = part.partition("=")
        if not key.strip() or not value.strip().isascii() or not value.strip().isdigit():
            raise ImproperlyConfigured(f"{name}: {part!r} is not of the form name=number.")
        found[key.strip()] = int(value)
    return found


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def networks(name: str) -> "list[ipaddress.IPv4Network | ipaddress.IPv6Network]":
    """A comma-separated list of networks: "10.20.0.0/16,fd00:1::/64"."""
    found = []
    for part in names(name):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            raise ImproperlyConfigured(f"{name}: {part!r} is no network such as 10.20.0.0/16.") from None
    return found


def database(url: str) -> dict[str, Any]:
    """Django's settings of one PostGIS database from `postgis://user:password@host:port/name`.

    `postgres://` and `postgresql://` mean the same. A socket directory goes into the query: `?host=/run/postgresql`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL: {error}; use postgis://user:password@host:port/name.") from None
    if parts.scheme not in {"postgis", "postgres", "postgresql"} or len(parts.path) < 2:
        raise ImproperlyConfigured("DATABASE_URL: use postgis://user:password@host:port/name.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or query.pop("password", ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(port or query.pop("port", "")),
        "OPTIONS": query,
    }
