"""`manage verify_audit`: is the audit log what it was when it was sealed?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.audit import chain

_LATE_SECONDS = 600


class Command(BaseCommand):
    """Computes the whole chain anew; exit status 1 and a line for each finding when something was changed."""

    help = "Verify the audit log's chain of signed links."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--expect", default="", help="hash of a link that was noted on another machine")
        parser.add_argument("--seal", action="store_true", help="first add links for entries that have none yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when something is not as it was sealed."""
        if options["seal"]:
            chain.seal()
        verdict = chain.verify(options["expect"])
        for finding in verdict.findings[:100]:
            self.stderr.write(f"link {finding.number}: {finding.what}")
        if verdict.oldest_unsealed > _LATE_SECONDS:
            late = f"{verdict.unsealed} entries have no link, the oldest for {verdict.oldest_unsealed:.0f} s"
            self.stderr.write(f"{late}: does the worker run?")
        if verdict.findings:
            raise CommandError(f"The audit log was tampered with: {len(verdict.findings)} finding(s) over {verdict.links} links.")
        self.stdout.write(f"audit log intact: {verdict.links} links, {verdict.unsealed} entries waiting, newest {verdict.newest}")
