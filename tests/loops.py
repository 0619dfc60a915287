"""Coroutines played to their end by a test."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result], patience: float = 60) -> Result:
    """What the coroutine returns, played in a loop and a thread of its own: browser tests leave a loop running in the main thread.

    `TimeoutError` when it has not ended after `patience` seconds.
    """

    async def play() -> Result:
        return await asyncio.wait_for(work, patience)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, play()).result()
