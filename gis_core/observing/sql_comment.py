"""Each statement of a request begins with a remark that names the request and the account.

`pg_stat_activity` and PostgreSQL's log thus lead to the request's lines in the application's and nginx's logs, and triggers
of the audit log know who acts (gis_core/audit/audit_log.sql).
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from gis_core.logs import request_id


class SQLComment:
    """An execute wrapper of Django's for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Put the remark before a textual statement; composed ones (psycopg.sql) stay as they are."""
        if isinstance(sql, str):
            sql = f"/*request={request_id.get()} user={self._account()}*/ {sql}"
        return execute(sql, params, many, context)

    def _account(self) -> int:
        """The signed-in account as far as it is known already: asking here would be a query within a query."""
        found = self.request.__dict__.get("_cached_user") or self.request.__dict__.get("user")
        known = type(found) is not object and isinstance(type(found), type) and issubclass(type(found), AbstractBaseUser)
        return int(found.pk or 0) if known and found is not None else 0
