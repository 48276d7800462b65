"""After it was sent: a message is corrected for a while, taken back, or reported, and the administration decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.messaging import conversations, own_messages
from eduplatform.domain.messaging.models import DirectMessage, MessageReport, Notification
from eduplatform.errors import Conflict, Forbidden, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.state.messages import ConversationState, MessageRulesState
from tests.factories.courses import make_course
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def sent(world: World, body: str = "Hello") -> tuple[UUID, UUID]:
    """A message of the student to the teacher, and its conversation."""
    await make_course(world)
    me = await world.student.principal()
    to = world.teacher.user_id
    assert to is not None
    async with unit_of_work(me) as work:
        found = await conversations.write(work=work, me=me, to=to, body=body)
    async with unit_of_work(me) as work:
        row = (await work.session.exec(select(DirectMessage))).one()
    return row.id, found.id


async def message(world: World) -> DirectMessage:
    async with unit_of_work(await world.student.principal()) as work:
        return (await work.session.exec(select(DirectMessage))).one()


async def test_the_author_corrects_for_a_quarter_of_an_hour_and_deletes_at_any_time(world: World) -> None:
    key, conversation = await sent(world)
    me, teacher = await world.student.principal(), await world.teacher.principal()
    soon, late = utc_now() + timedelta(minutes=14), utc_now() + timedelta(minutes=16)
    with pytest.raises(NotFound):
        async with unit_of_work(teacher) as work:
            await own_messages.edit(work=work, me=teacher, message_id=key, body="Mine", now=soon)
    with pytest.raises(NotFound):
        async with unit_of_work(teacher) as work:
            await own_messages.delete(work=work, me=teacher, message_id=key)
    with pytest.raises(Invalid):
        async with unit_of_work(me) as work:
            await own_messages.edit(work=work, me=me, message_id=key, body=" ", now=soon)
    async with unit_of_work(me) as work:
        await own_messages.edit(work=work, me=me, message_id=key, body="Good **morning**", now=soon)
    assert (await message(world)).body_html.strip() == "<p>Good <strong>morning</strong></p>"
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await own_messages.edit(work=work, me=me, message_id=key, body="Too late", now=late)
    path, route = f"/messages/{conversation}", "/messages/[conversation_id]"
    async with Tab(await world.student.sign_in(), path=path, route=route) as tab:
        await tab.fire(ConversationState.load)
        [line] = (await tab.state(ConversationState)).messages
        assert (line["edited"], line["editable"], line["deleted"]) == (True, True, False)
        await tab.fire(ConversationState.ask("edit", str(key)))
        assert (await tab.state(ConversationState)).draft == "Good **morning**"
        await tab.fire(ConversationState.ask("delete", str(key)))
        await tab.fire(ConversationState.remove)
        [line] = (await tab.state(ConversationState)).messages
        assert (line["html"], line["editable"], line["deleted"]) == ("", False, True)
    row = await message(world)
    assert (row.body, row.body_html) == ("", "")
    with pytest.raises(NotFound):
        async with unit_of_work(teacher) as work:
            await own_messages.report(work=work, me=teacher, message_id=key, reason="Rude")


async def test_only_its_reader_reports_and_the_words_of_then_reach_the_administration(world: World) -> None:
    key, conversation = await sent(world, "Something rude")
    me, teacher, admin = [await world.people[one].principal() for one in ("student", "teacher", "admin")]
    stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
    for who in (me, stranger):
        with pytest.raises(NotFound):
            async with unit_of_work(who) as work:
                await own_messages.report(work=work, me=who, message_id=key, reason="Rude")
    path, route = f"/messages/{conversation}", "/messages/[conversation_id]"
    async with Tab(await world.teacher.sign_in(), path=path, route=route) as tab:
        await tab.fire(ConversationState.load)
        await tab.fire(ConversationState.ask("report", str(key)))
        await tab.fire(ConversationState.report({"reason": ""}))
        assert list((await tab.state(ConversationState)).errors) == ["reason"]
        for _ in range(2):
            await tab.fire(ConversationState.report({"reason": "Rude"}))
    async with unit_of_work(me) as work:
        await own_messages.edit(work=work, me=me, message_id=key, body="Nothing was said")
        with pytest.raises(Forbidden):
            await own_messages.queue(work=work, me=me)
    async with Tab(await world.admin.sign_in(), path="/admin/messages") as tab:
        await tab.fire(MessageRulesState.load)
        state = await tab.state(MessageRulesState)
        [line] = state.reports
        assert (state.waiting, line["reason"], line["html"].strip()) == (1, "Rude", "<p>Something rude</p>")
        assert (line["author"], line["reader"]) == ("Student Test", "Teacher Test")
        await tab.fire(MessageRulesState.ask_remove(line["id"]))
        await tab.fire(MessageRulesState.remove)
        assert ((await tab.state(MessageRulesState)).reports, tab.errors) == ([], [])
    assert (await message(world)).deleted_at is not None
    async with unit_of_work(admin) as work:
        report = (await work.session.exec(select(MessageReport))).one()
        assert (report.state, report.resolved_by) == ("removed", admin.user)
        told = await work.session.exec(
            select(Notification.kind).where(col(Notification.recipient_id).in_([admin.user, me.user]))
        )
        assert sorted(told.all()) == ["message", "report"]
    assert teacher.user != me.user
