"""Locust's side of ``benchmarks.exam``: students who think for 5 s on average and save an answer."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any
from uuid import uuid4

from locust import FastHttpUser, between, task

_TAKERS: list[dict[str, Any]] = json.loads(Path(os.environ["EDU_BENCH_TAKERS"]).read_text())


class Taker(FastHttpUser):
    """One student with a running attempt."""

    wait_time = between(3.5, 6.5)

    def on_start(self) -> None:
        """Become one of the prepared students."""
        self.taker = _TAKERS.pop()
        self.versions: dict[str, int] = {}

    @task
    def save(self) -> None:
        """Save one answer as the journal does: one operation, acknowledged after the commit."""
        item = random.choice(self.taker["items"])
        operation = {
            "operation_id": str(uuid4()),
            "item_id": item,
            "base_version": self.versions.get(item, 0),
            "answer": {"text": f"Because of {random.random()}"},
            "writer": "one-tab",
        }
        with self.client.post(
            f"/api/attempts/{self.taker['attempt']}/answers",
            json={"operations": [operation]},
            headers={"Cookie": self.taker["cookie"], "Origin": self.host or ""},
            name="save an answer",
            catch_response=True,
        ) as answer:
            acknowledged = answer.json()["acknowledged"] if answer.status_code == 200 else []
            if [one["operation_id"] for one in acknowledged] != [operation["operation_id"]]:
                answer.failure(f"{answer.status_code}: {answer.text}")
                return
            self.versions[item] = acknowledged[0]["version"]
