"""Log lines as JSON: one line a record, no newline from user input survives, and the request's id on each."""

import logging
import re
from contextvars import ContextVar

import orjson
from django.conf import settings

request_id: ContextVar[str] = ContextVar("request_id", default="-")
_NUMBER = re.compile(r"[0-9a-f]{32}")


def number_of(header: str) -> str:
    """A request's number from the X-Request-Id that our own proxy sets (32 hexadecimal digits: the first 12); else "".

    Without a proxy a caller could choose the number and so pass for somebody else's request in the logs.
    """
    return header[:12] if settings.SECURE_PROXY_SSL_HEADER and _NUMBER.fullmatch(header) else ""


class RequestFilter(logging.Filter):
    """Adds the current request's id to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """A record as one JSON object (time, level, logger, request, message, exception).

    JSON's escapes keep hostile line breaks inside the string, so nobody forges a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry).decode()
