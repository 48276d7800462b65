"""A thousand interleavings of two tabs against the rule that stores answers: nothing is overwritten unseen or lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from eduplatform.db.base import utc_now
from eduplatform.domain.assessment.attempts import store_answer
from eduplatform.domain.assessment.models import AssessmentItem, QuestionVersion, Response
from eduplatform.domain.assessment.schemas import Asked, Operation, Receipt

ACTIONS = ("write", "deliver", "lose the reply", "repeat", "reload", "keep mine", "keep theirs")
STEPS = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(ACTIONS)), min_size=4, max_size=30
)
ITEM = UUID(int=1)


@dataclass
class Tab:
    """What the journal of a tab knows of one question."""

    name: str
    version: int = 0
    waiting: Operation | None = None
    shown: str = ""
    conflict: tuple[int, str] | None = None


@dataclass
class Server:
    """One stored answer, the operations that were accepted, and every text that a person was told is saved."""

    asked: Asked = field(
        default_factory=lambda: Asked(
            AssessmentItem(
                assessment_id=ITEM, question_id=ITEM, question_version_id=ITEM, position=1, points=Decimal(1)
            ),
            QuestionVersion(question_id=ITEM, number=1, type="short_text", stem="", stem_html=""),
            Response(attempt_id=ITEM, item_id=ITEM),
        )
    )
    accepted: dict[UUID, int] = field(default_factory=dict[UUID, int])
    seen_by: dict[str, set[str]] = field(default_factory=lambda: {"one": {""}, "two": {""}})

    @property
    def text(self) -> str:
        return (self.asked.response.answer or {}).get("text", "")

    def deliver(self, operation: Operation) -> Receipt:
        moment = utc_now()
        receipt = Receipt("in_progress", moment, [], [], [])
        if operation.operation_id in self.accepted:
            return receipt
        before, writer = self.text, self.asked.response.writer
        store_answer(receipt, operation, self.asked.response, operation.answer, moment)
        if receipt.conflicts:
            assert self.text == before
            return receipt
        # What was replaced was written by this tab or had been shown in it.
        assert writer in ("", operation.writer) or before in self.seen_by[operation.writer]
        self.accepted[operation.operation_id] = self.asked.response.version
        return receipt


def step(server: Server, tab: Tab, action: str, number: int) -> None:
    if action == "write" and tab.conflict is None:
        tab.shown = f"{tab.name} {number}"
        tab.waiting = Operation(uuid4(), ITEM, tab.version, {"text": tab.shown}, tab.name)
    elif action in ("deliver", "lose the reply", "repeat") and tab.waiting and tab.conflict is None:
        operation = tab.waiting
        receipt = server.deliver(operation)
        if action == "repeat":
            receipt = server.deliver(operation)
        if action == "lose the reply":
            return
        if receipt.conflicts:
            tab.conflict = (receipt.conflicts[0].version, receipt.conflicts[0].answer["text"])
        else:
            tab.version, tab.waiting = server.accepted[operation.operation_id], None
    elif action == "reload" and tab.waiting is None:
        tab.version, tab.shown, tab.conflict = server.asked.response.version, server.text, None
        server.seen_by[tab.name].add(server.text)
    elif action.startswith("keep") and tab.conflict:
        tab.version, theirs = tab.conflict
        server.seen_by[tab.name].add(theirs)
        tab.conflict, tab.waiting = None, None
        if action == "keep mine":
            tab.waiting = Operation(uuid4(), ITEM, tab.version, {"text": tab.shown}, tab.name)
        else:
            tab.shown = theirs


@settings(max_examples=1000, deadline=None)
@given(STEPS)
def test_nothing_is_silently_overwritten(steps: list[tuple[str, str]]) -> None:
    server = Server()
    tabs = {"one": Tab("one"), "two": Tab("two")}
    for number, (name, action) in enumerate(steps):
        step(server, tabs[name], action, number)
    assert server.asked.response.version == len(server.accepted)
    assert sorted(server.accepted.values()) == list(range(1, len(server.accepted) + 1))
