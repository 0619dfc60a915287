"""The directory of scopes: every account's grants, held in memory by the hot path and renewed on each change of permission."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from gis_core.access import Scope

# The unit's subtree is closed here, once, instead of in every query. Units of any generation count: rows of the past
# keep their unit, and a jurisdiction over an abolished unit reaches no row of today. Hand SQL because it is one join of
# a path prefix, which the ORM cannot express between two columns of different rows.
_GRANTS = """
    SELECT j.user_id, j.role, array_agg(DISTINCT below.id)
    FROM gis_core_jurisdiction j
    JOIN gis_core_adminunit unit ON unit.id = j.unit_id
    JOIN gis_core_adminunit below ON starts_with(below.path, unit.path)
         AND (below.id = unit.id OR (below.valid_from < coalesce(unit.valid_to, 'infinity')
              AND coalesce(below.valid_to, 'infinity') > unit.valid_from))
    WHERE %(users)s::bigint[] IS NULL OR j.user_id = ANY(%(users)s::bigint[])
    GROUP BY j.user_id, j.role
"""
_USERS = """
    SELECT id, is_superuser, password FROM gis_core_user
    WHERE is_active AND (%(users)s::bigint[] IS NULL OR id = ANY(%(users)s::bigint[]))
"""


@dataclass(frozen=True)
class Account:
    """An active account: its scope and the fingerprint of its password (a new password ends old passes)."""

    scope: Scope
    fingerprint: str


def load_accounts(users: Iterable[int] | None = None) -> dict[int, Account]:
    """Active accounts by user id; all of them when `users` is None."""
    parameters = {"users": None if users is None else list(users)}
    grants: defaultdict[int, set[tuple[str, frozenset[int]]]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, parameters)
        for user, role, units in cursor.fetchall():
            grants[user].add((role, frozenset(units)))
        cursor.execute(_USERS, parameters)
        rows = cursor.fetchall()
    return {
        user: Account(Scope(frozenset(grants[user]), authenticated=True, superuser=superuser), fingerprint(password))
        for user, superuser, password in rows
    }


def load_scopes(users: Iterable[int]) -> dict[int, Scope]:
    """Scopes by user id; inactive and unknown users are absent."""
    return {user: account.scope for user, account in load_accounts(users).items()}


def fingerprint(password: str) -> str:
    """Tells one stored password hash from another without revealing it."""
    return hashlib.blake2b(password.encode(), digest_size=6).hexdigest()
