"""The directory in memory: scopes, tokens and ended sessions, kept right by the change log."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http.cookie import parse_cookie
from django.utils.translation import gettext as _

from gis_core.access import ANONYMOUS, Scope
from gis_core.auth import passes, screens
from gis_core.auth.credentials import TokenCredentials, parse_authorization, refused
from gis_core.auth.directory import Account, load_accounts
from gis_core.auth.screens import ScreenClosed, Shown
from gis_core.changes.follow import Change
from gis_core.changes.hub import hub, unready_after
from gis_core.changes.memory import memory
from gis_core.errors import Unavailable
from gis_core.models import AccessToken, AdminUnit, Jurisdiction, RevokedPass, ScreenPass, User
from gis_core.models.access_token import digest_of

log = logging.getLogger(__name__)
_TABLES = frozenset(model._meta.db_table for model in (User, Jurisdiction, AdminUnit, AccessToken, RevokedPass, ScreenPass))
_PASS_CACHE = 4096


@dataclass(frozen=True)
class Directory:
    """One consistent reading of who may do what."""

    accounts: dict[int, Account] = field(default_factory=dict)
    tokens: dict[str, tuple[int, str, float]] = field(default_factory=dict)  # digest -> user, user name, expiry
    ended: frozenset[str] = frozenset()  # digests of signed-out sessions
    screens: dict[str, tuple[int, str, float]] = field(default_factory=dict)  # pass -> user, device, expiry

    @classmethod
    def read(cls) -> "Directory":
        """From the database."""
        tokens = AccessToken.objects.valid().values_list("digest", "user_id", "user__username", "expires_at")
        return cls(
            load_accounts(),
            {digest: (user, name, expiry.timestamp() if expiry else float("inf")) for digest, user, name, expiry in tokens},
            frozenset(RevokedPass.objects.values_list("session", flat=True)),
            {
                uid.hex: (user, device, expiry.timestamp() if expiry else float("inf"))
                for uid, user, device, expiry in ScreenPass.objects.valid().values_list("uid", "user_id", "device", "expires_at")
            },
        )

    def scope_of_pass(self, found: passes.Pass | None) -> Scope:
        """The scope behind a pass; a visitor's when the pass does not hold any more."""
        if found is None or found.session in self.ended or found.expires <= time.time():
            return ANONYMOUS
        account = self.accounts.get(found.user)
        return account.scope if account and account.fingerprint == found.fingerprint else ANONYMOUS

    def scope_of_token(self, presented: TokenCredentials) -> Scope:
        """The scope behind a token. Raises NotSignedIn."""
        user, name, expiry = self.tokens.get(digest_of(presented.secret), (0, "", 0.0))
        account = self.accounts.get(user)
        if account is None or expiry <= time.time() or presented.username not in (None, name):
            raise refused()
        return account.scope

    def scope_of_screen(self, shown: Shown | None) -> Scope:
        """The read-only scope behind a screen or link. Raises ScreenClosed."""
        user, device, expiry = self.screens.get(shown.uid if shown else "", (0, "", 0.0))
        account = self.accounts.get(user)
        if shown is None or account is None or expiry <= time.time() or device != screens.digest_of(shown.device):
            raise closed()
        return replace(account.scope, read_only=True)


def closed() -> ScreenClosed:
    """The one answer to a screen's cookie that does not hold."""
    return ScreenClosed(_("This screen or link was closed, or its time is over. Ask for a new address."))


class Watch:
    """Holds the current directory; renews it when the change log says that permissions changed."""

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self._stale = asyncio.Event()
        self._passes: dict[str, passes.Pass | None] = {}
        self._screens: dict[str, Shown | None] = {}
        hub.when_history_breaks(self._forget)

    def _forget(self) -> None:
        """The database was put back to another state: who may do what there is not known before it is read."""
        self.directory = None
        self._stale.set()

    def notice(self, changes: Sequence[Change]) -> None:
        """Hub listener."""
        if any(change.table in _TABLES for change in changes):
            self._stale.set()

    async def renew_for_ever(self) -> None:
        """Read the directory anew after each change of permission."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                self.directory = await sync_to_async(_read_directory, thread_sensitive=False)()
                memory.turn()
            except Exception:
                log.exception("The directory of permissions could not be read; trying again.")
                await asyncio.sleep(0.5)
                self._stale.set()

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Keep the directory while the process lives."""
        self._stale = asyncio.Event()
        self.directory = await sync_to_async(_read_directory, thread_sensitive=False)()
        hub.subscribe(self.notice)
        task = asyncio.create_task(self.renew_for_ever(), name="directory of permissions")
        try:
            yield
        finally:
            hub.unsubscribe(self.notice)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def identify(self, headers: dict[bytes, bytes]) -> Scope:
        """The scope of a hot-path request, from its headers alone.

        Raises NotSignedIn for wrong credentials, Unavailable when the follower is too far behind to vouch for permissions.
        """
        presented = parse_authorization(headers.get(b"authorization", b"").decode("latin-1"))
        cookies = {} if presented else parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        cookie, screen = cookies.get(passes.COOKIE, ""), cookies.get(screens.COOKIE, "")
        if presented is None and not cookie and not screen:
            return ANONYMOUS
        if self.directory is None or (hub.running and hub.age > unready_after()):
            sentence = _("Permissions cannot be checked at the moment. Try again in a few seconds.")
            raise Unavailable(sentence, headers={"Retry-After": "2"})
        if presented:
            return self.directory.scope_of_token(presented)
        scope = self.directory.scope_of_pass(self._unsealed(cookie)) if cookie else ANONYMOUS
        # Whoever is signed in sees as themselves; else a screen's cookie speaks.
        return self.directory.scope_of_screen(self._screen(screen)) if screen and not scope.authenticated else scope

    def await_screen(self, uid: str, device: str, seconds: float = 2.0) -> bool:
        """Wait until this process knows a pass as it was just written: the page asks for tiles at once. For threads alone."""
        deadline = time.monotonic() + seconds
        while hub.running and self.directory is not None and self.directory.screens.get(uid, (0, "-", 0.0))[1] != device:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _screen(self, cookie: str) -> Shown | None:
        if cookie not in self._screens:
            if len(self._screens) >= _PASS_CACHE:
                self._screens.clear()
            self._screens[cookie] = screens.unseal(cookie)
        return self._screens[cookie]

    def _unsealed(self, cookie: str) -> passes.Pass | None:
        """Checking a signature costs more than the rest of the request; a bounded memory of checked cookies avoids it."""
        if cookie not in self._passes:
            if len(self._passes) >= _PASS_CACHE:
                self._passes.clear()
            self._passes[cookie] = passes.unseal(cookie)
        return self._passes[cookie]


def _read_directory() -> Directory:
    close_old_connections()
    try:
        return Directory.read()
    finally:
        close_old_connections()


watch = Watch()
lifespan = watch.lifespan
