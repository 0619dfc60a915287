"""Say in one sentence what is wrong with the database whose URL is on standard input; silence and 0 mean that it will do."""

import sys
from urllib.parse import urlsplit

import psycopg


def fault(url: str) -> str | None:
    """The sentence, or None where the database answers and PostGIS 3 is (or can be) installed in it."""
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in {"postgis", "postgres", "postgresql"}:
        return "DATABASE_URL: use postgis://user:password@host:port/name."
    shown = urlsplit(url.strip()).hostname or "the local socket"
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'postgis'"
            ).fetchone()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        return f"DATABASE_URL: cannot connect to {shown}: start that server or mend the address ({reason})."
    if row is None or not str(row[0]).startswith("3."):
        return f"DATABASE_URL: the server at {shown} offers no PostGIS 3: install postgresql-N-postgis-3 there."
    return None


if __name__ == "__main__":
    sentence = fault(sys.stdin.read())
    if sentence:
        sys.exit(sentence)
