"""Telling others: an outbox in the transaction of what it tells, e-mail and signed webhooks in the worker."""
