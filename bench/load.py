"""Sending ratings over kept connections, each as soon as the one before was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.stage import Browser


@dataclass(slots=True)
class Result:
    """What one run led to: seconds it took, and seconds each answered rating took."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


class Sender:
    """Remembers for each browser how far it has come, so that every rating is a new one."""

    def __init__(self, port: int, browsers: Sequence[Browser], name: str) -> None:
        self.port, self.browsers, self.name = port, browsers, name
        self.acknowledged = 0
        self._sent = [0] * len(browsers)

    def run(self, connections: int, seconds: float) -> Result:
        """Rate over so many connections at once, for so long."""
        return asyncio.run(self._run(connections, seconds))

    async def _run(self, connections: int, seconds: float) -> Result:
        result, start = Result(), time.perf_counter()
        until = start + seconds
        await asyncio.gather(*(self._rate(n, until, result) for n in range(connections)))
        result.seconds = time.perf_counter() - start
        self.acknowledged += len(result.latencies)
        return result

    async def _rate(self, number: int, until: float, result: Result) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        browser = self.browsers[number]
        while (begun := time.perf_counter()) < until:
            body = browser.body(self._sent[number], f"{self.name}{number}")
            self._sent[number] += 1
            writer.write(_head(browser, self.port, len(body)) + body)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            if b" 303 " in head.split(b"\r\n", 1)[0]:
                result.latencies.append(time.perf_counter() - begun)
            else:
                result.errors += 1
        writer.close()
        await writer.wait_closed()


def _head(browser: Browser, port: int, length: int) -> bytes:
    return (
        f"POST /review/grade HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Cookie: {browser.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ValueError("an answer without a length")
