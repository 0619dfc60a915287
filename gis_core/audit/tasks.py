"""The sealer and the nightly proof, in the background worker."""

import logging

from procrastinate.contrib.django import app

from gis_core.audit import chain

log = logging.getLogger("gis_core.audit")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="seal_audit_log", pass_context=False)
def seal_audit_log(timestamp: int | None = None) -> int:
    """Add links for what was written since; how many."""
    return chain.seal()


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="prove_audit_log", pass_context=False)
def prove_audit_log(timestamp: int | None = None) -> str:
    """Compute the chain anew. The newest link goes to the log, hence to wherever logs are kept: it proves tomorrow what was today."""
    chain.seal()
    verdict = chain.verify()
    if verdict.findings:
        log.error("AUDIT LOG TAMPERED WITH: %d findings, first: link %d, %s", len(verdict.findings), *_first(verdict))
        raise RuntimeError("The audit log was tampered with.")
    log.info("audit log intact: %d links, newest %s", verdict.links, verdict.newest)
    return verdict.newest


def _first(verdict: chain.Verdict) -> tuple[int, str]:
    return verdict.findings[0].number, verdict.findings[0].what
