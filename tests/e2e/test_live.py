"""Two windows side by side: what one person does appears on the other's screen, also after the network was gone; and on nobody else's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser import Visitors, go, labelled, ready, sign_in
from tests.e2e.learning import answer_all, begin, hand_in, join
from tests.e2e.teaching import make_course

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

AT_ONCE_MS = 5_000
"""Far below the 15 seconds after which pages without a connection read again."""

EVENTS = 20


def live(page: Page) -> None:
    """Wait until the page is connected."""
    expect(page.locator("#connection[data-push=live]")).to_be_attached()


def test_work_arrives_at_the_desk_and_its_grade_at_the_student(visitors: Visitors) -> None:
    teacher, student = visitors.visit("teacher"), visitors.visit("student")
    course = make_course(teacher, "open")
    join(student, course)
    begin(student, course)
    answer_all(student, "The day is played again.")
    go(teacher, "/teach/grading")
    live(teacher)
    hand_in(student)
    row = teacher.get_by_role("row").filter(has_text=course.quiz)
    expect(row).to_be_visible(timeout=AT_ONCE_MS)
    go(student, "/learn/grades")
    live(student)
    row.get_by_role("link", name="Grade now").click()
    ready(teacher)
    teacher.get_by_label("Points", exact=True).fill("1")
    teacher.keyboard.press("Control+Enter")
    expect(teacher.locator("#desk-release")).to_be_enabled()
    expect(student.get_by_role("link", name=course.quiz)).to_have_count(0)
    teacher.keyboard.press("Escape")
    teacher.keyboard.press("r")
    expect(student.get_by_role("link", name=course.quiz).first).to_be_visible(timeout=AT_ONCE_MS)


def conversation(visitors: Visitors) -> tuple[Page, Page]:
    """The demonstration's teacher and student in the conversation that they have."""
    student, teacher = visitors.visit("student", "/messages"), visitors.visit("teacher")
    student.get_by_role("listitem").filter(has_text="Amara Okonjo").get_by_role("link").first.click()
    expect(student.get_by_role("heading", name="Amara Okonjo", level=1)).to_be_visible()
    go(teacher, re.sub(r"^https?://[^/]+", "", student.url))
    live(student)
    return teacher, student


def write(page: Page, text: str) -> None:
    """Send a message."""
    labelled(page, "Message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(text, exact=True)).to_have_count(1)


def test_nothing_is_missing_and_nothing_twice_after_a_time_without_network(visitors: Visitors) -> None:
    teacher, student = conversation(visitors)
    labelled(teacher, "Message").press_sequentially("A word")
    expect(student.get_by_text("Amara Okonjo is writing…")).to_be_visible(timeout=AT_ONCE_MS)
    student.context.set_offline(True)
    expect(student.locator("#connection")).to_have_attribute("data-status", "offline")
    for number in range(1, EVENTS + 1):
        write(teacher, f"While you were away, fact {number}.")
    expect(student.get_by_text("While you were away, fact 1.", exact=True)).to_have_count(0)
    student.context.set_offline(False)
    expect(student.locator("#connection")).to_have_attribute("data-status", "live")
    for number in range(1, EVENTS + 1):
        text = student.get_by_text(f"While you were away, fact {number}.", exact=True)
        expect(text).to_have_count(1, timeout=AT_ONCE_MS)


def follow_by_hand(page: Page, address: str, name: str, auth: str) -> list[str]:
    """Open a socket of one's own and try to subscribe; what came until the server has answered the attempt."""
    return page.evaluate(
        """([address, name, auth]) => new Promise((done) => {
            const frames = [];
            const socket = new WebSocket(address);
            window.guessed = frames;
            socket.onmessage = ({ data }) => {
                const frame = JSON.parse(data);
                if (frame.event === "pusher:connection_established")
                    socket.send(JSON.stringify({ event: "pusher:subscribe", data: { channel: name, auth } }));
                else { frames.push(data); done(frames); }
            };
            socket.onclose = () => done(frames);
        })""",
        [address, name, auth],
    )


def test_guessing_a_channel_by_its_name_gives_nothing(visitors: Visitors) -> None:
    teacher, student = visitors.visit("teacher"), visitors.visit("student")
    subscribed: list[dict[str, Any]] = []
    addresses: list[str] = []

    def listen(socket: WebSocket) -> None:
        if "/app/" in socket.url:
            addresses.append(socket.url)
            socket.on("framesent", lambda frame: subscribed.append(json.loads(frame)))

    student.on("websocket", listen)
    go(student, "/messages")
    student.get_by_role("listitem").filter(has_text="Amara Okonjo").get_by_role("link").first.click()
    expect(student.get_by_role("heading", name="Amara Okonjo", level=1)).to_be_visible()
    live(student)
    go(teacher, re.sub(r"^https?://[^/]+", "", student.url))
    student.wait_for_timeout(500)
    own = [one["data"] for one in subscribed if one["event"] == "pusher:subscribe"]
    talk = next(one for one in own if ".conversation." in one["channel"])
    names = sorted({one["channel"] for one in own})
    assert len(names) >= 3
    strangers: list[Page] = []
    for who in ("student@northwind.test", "teacher@northwind.test", "admin"):
        stranger = visitors.visit(who, "/settings")
        answer = stranger.request.post(
            "/api/realtime/auth",
            data={"socket_id": "1.1", "channels": names},
            headers={"origin": visitors.url},
        )
        assert answer.ok
        open_to_them = {name for name, entry in answer.json()["channels"].items() if entry}
        # An administrator of the same school follows what is meant for everybody in it, and nothing else of these.
        assert open_to_them == {one for one in names if who == "admin" and ".tenant." in one}
        # The student's own signature is good for the student's own socket alone.
        frames = follow_by_hand(stranger, addresses[-1], talk["channel"], talk["auth"])
        assert [json.loads(one)["event"] for one in frames] == ["pusher:subscription_error"]
        strangers.append(stranger)
    write(teacher, "Between the two of us")
    expect(student.get_by_text("Between the two of us", exact=True)).to_be_visible()
    for stranger in strangers:
        assert len(stranger.evaluate("window.guessed")) == 1


def test_a_session_that_is_ended_elsewhere_is_felt_at_once(visitors: Visitors) -> None:
    first, second = visitors.visit("student@northwind.test", "/learn"), visitors.visit()
    live(first)
    sign_in(second, "student@northwind.test")
    go(second, "/settings/security")
    second.get_by_role("button", name=re.compile("^End the session of")).first.click()
    confirm = second.get_by_role("alertdialog")
    if confirm.count():
        confirm.get_by_role("button", name=re.compile("End")).click()
    expect(first).to_have_url(re.compile("/login"), timeout=AT_ONCE_MS)
    visitors.forget_person("student@northwind.test")
