"""Work of the background worker on notices."""

from uuid import UUID

from procrastinate.contrib.django import app

from incidents.notify import delivery
from incidents.notify.outbox import DELIVER, QUEUE


@app.task(name=DELIVER, queue=QUEUE, pass_context=False)
def deliver_notice(notice: str) -> str | None:
    """Send one notice. Failures are kept in it; its next attempt is the sweep's."""
    return delivery.deliver(UUID(notice))


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="sweep_notices", lock="sweep_notices", pass_context=False)
def sweep_notices(timestamp: int | None = None) -> int:
    """Send what is due and was not sent: second attempts, and what dead processes left."""
    waiting = delivery.due()
    for uid in waiting:
        delivery.deliver(uid)
    return len(waiting)
