"""Who may run analyses, and whose they are. Unknown and forbidden are the same."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.access import AccessRule, Reach, Scope, scope_of
from gis_core.errors import NotFound
from gis_core.models import Role, User
from layers.models import AnalysisJob

# They read rows of whole units at once; each reads the own ones alone.
RULE = AccessRule(change=frozenset({Role.ANALYST, Role.LEADER, Role.OPERATOR, Role.ADMINISTRATOR}))


def may_analyse(scope: Scope) -> bool:
    """Whether analyses and reports exist for this scope."""
    return bool(analysing(scope))


def analysing(scope: Scope) -> Reach:
    """The units in which this scope analyses; empty for everybody without such work."""
    return RULE.reach(scope, "change")


def checked(user: User) -> Scope:
    """The scope of somebody who may analyse. Raises NotFound."""
    scope = scope_of(user)
    if not may_analyse(scope):
        raise NotFound(_("Analyses are not open to your account."))
    return scope


def visible(user: User) -> "QuerySet[AnalysisJob]":
    """A person's own analyses, newest first. Raises NotFound."""
    checked(user)
    return AnalysisJob.objects.filter(author=user).select_related("author").order_by("-created_at")
