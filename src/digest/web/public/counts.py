"""What this process counts about itself, as Prometheus reads it. No reader is ever told apart here."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

# https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

Labels = tuple[tuple[str, str], ...]
_HELP = {
    "digest_requests_total": "Requests answered, by room and status.",
    "digest_rejected_total": "Requests turned away, by reason.",
    "digest_reader_acts_total": "What readers did, by act.",
    "digest_rounds_total": "Background rounds, by name and result.",
}


class Counts:
    """Counters and one histogram of seconds. Safe between threads."""

    def __init__(self) -> None:
        self._counters: dict[tuple[str, Labels], int] = {}
        self._buckets = [0] * len(SECONDS)
        self._seconds = 0.0
        self._requests = 0
        self._lock = threading.Lock()

    def add(self, name: str, **labels: str) -> None:
        """Count one."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            self._counters[key] = self._counters.get(key, 0) + 1

    def answered(self, room: str, status: int, seconds: float) -> None:
        """Count a request and how long it took."""
        self.add("digest_requests_total", room=room, status=str(status))
        with self._lock:
            self._requests += 1
            self._seconds += seconds
            for at, bound in enumerate(SECONDS):
                self._buckets[at] += seconds <= bound

    def text(self, gauges: Mapping[str, Iterable[tuple[Labels, float]]]) -> str:
        """All of it in Prometheus' text format, with gauges that are looked up when asked."""
        lines: list[str] = []
        with self._lock:
            counters = sorted(self._counters.items())
            buckets, seconds, requests = list(self._buckets), self._seconds, self._requests
        named = ""
        for (name, labels), value in counters:
            if name != named:
                lines += [f"# HELP {name} {_HELP.get(name, name)}", f"# TYPE {name} counter"]
                named = name
            lines.append(f"{name}{_braced(labels)} {value}")
        lines += ["# HELP digest_request_seconds How long answers took.", "# TYPE digest_request_seconds histogram"]
        lines += [
            f'digest_request_seconds_bucket{{le="{bound}"}} {number}'
            for bound, number in zip(SECONDS, buckets, strict=True)
        ]
        lines += [
            f'digest_request_seconds_bucket{{le="+Inf"}} {requests}',
            f"digest_request_seconds_sum {seconds:.6f}",
            f"digest_request_seconds_count {requests}",
        ]
        for name, values in gauges.items():
            lines.append(f"# TYPE {name} gauge")
            lines += [f"{name}{_braced(labels)} {value:g}" for labels, value in values]
        return "\n".join(lines) + "\n"


def _braced(labels: Labels) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{inner}}}" if inner else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
