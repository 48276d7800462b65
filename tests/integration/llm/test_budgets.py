"""Money is held before a call and settled after it, and two callers never get the last of it both."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.ai import calls, repository, service
from eduplatform.domain.ai.models import AiCall, AiContent, AiProvider, AiSpend
from eduplatform.domain.ai.repository import CallRepository, ContentRepository, SpendRepository
from eduplatform.errors import Forbidden, Invalid
from eduplatform.security.principal import Principal
from tests.factories.providers import ScriptedProvider, Turn
from tests.factories.tutoring import ask, make_tutored, use_model
from tests.factories.world import World

pytestmark = pytest.mark.anyio


def call(user: UUID, micros: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "purpose": "tutor",
        "user_id": user,
        "section_id": None,
        "provider_id": None,
        "kind": "openai",
        "model": "m",
        "prompt": "tutor.v1",
        "day": utc_now().date(),
        "reserved_micros": micros,
        "redactions": 0,
    }


async def reserve(me: Principal, values: dict[str, Any], *, tenant: int = 10**9, person: int = 10**9) -> str:
    async with unit_of_work(me) as work:
        caps = [
            {"scope": "tenant", "id": work.tenant_id, "cap": tenant},
            {"scope": "person", "id": values["user_id"], "cap": person},
        ]
        return await repository.reserve(work, call=values, caps=caps)


def settled(values: dict[str, Any], cost: int) -> dict[str, Any]:
    return {
        "id": values["id"],
        "state": "settled",
        "error": "",
        "cost_micros": cost,
        "kind": "openai",
        "model": "m",
        "provider_id": None,
        "tokens_in": 1,
        "tokens_out": 1,
        "latency_ms": 5,
        "first_token_ms": 2,
    }


async def spent(me: Principal) -> tuple[int, int]:
    async with unit_of_work(me) as work:
        row = await SpendRepository(work).first(col(AiSpend.scope) == "tenant")
        assert row is not None
        return row.reserved_micros, row.settled_micros


async def test_forty_callers_at_once_share_what_there_is(world: World) -> None:
    me = await world.student.principal()
    wanted = [call(me.user, 100) for _ in range(40)]
    answers = await asyncio.gather(*(reserve(me, one, tenant=1050) for one in wanted))
    assert sorted(answers) == [""] * 10 + ["tenant"] * 30
    assert await spent(me) == (1000, 0)
    held = [one for one, answer in zip(wanted, answers, strict=True) if not answer]

    async def settle(one: dict[str, Any]) -> bool:
        async with unit_of_work(me) as work:
            return await repository.settle(work, call=settled(one, 30), kept=None)

    # Settling twice at once, and while others reserve, changes nothing twice.
    done = await asyncio.gather(*(settle(one) for one in [*held, *held]), reserve(me, call(me.user, 1)))
    assert sum(one is True for one in done) == 10
    assert await spent(me) == (1, 300)
    async with unit_of_work(me) as work:
        assert await CallRepository(work).count(col(AiCall.state) == "refused") == 30


async def test_a_refused_scope_holds_nothing_in_the_others(world: World) -> None:
    me = await world.student.principal()
    assert await reserve(me, call(me.user, 50), person=100) == ""
    assert await reserve(me, call(me.user, 51), person=100) == "person"
    assert await spent(me) == (50, 0)


async def test_calls_of_dead_processes_are_settled_at_what_was_held(world: World) -> None:
    me = await world.student.principal()
    lost = call(me.user, 70)
    await reserve(me, lost)
    async with unit_of_work(me) as work:
        row = await CallRepository(work).get(lost["id"])
        row.created_at = utc_now() - timedelta(minutes=11)
    async with unit_of_work(me) as work:
        await calls.clean(work=work)
    assert await spent(me) == (0, 70)
    async with unit_of_work(me) as work:
        assert (await CallRepository(work).get(lost["id"])).error == "lost"


async def test_without_budget_the_rules_answer_and_say_why(world: World) -> None:
    tutored, admin = await make_tutored(world), await world.admin.principal()
    with ScriptedProvider() as server:
        await use_model(world, server)
        async with unit_of_work(admin) as work:
            await service.save_limits(
                work=work,
                me=admin,
                version=0,
                caps_micros=(10, 10, 10),
                store_content=False,
                retention_days=30,
            )
        answer = await ask(tutored, "Why does the Calvin cycle slow down on hot days?")
        assert server.seen == [], "refused before the call"
    assert answer.reply.out.provenance.engine == "rules"
    assert "used up for today" in answer.reply.out.provenance.note


async def test_contents_are_kept_by_policy_and_go_in_time(world: World) -> None:
    tutored, admin = await make_tutored(world), await world.admin.principal()
    with ScriptedProvider([Turn("Read [1]. What happens?"), Turn("Read [1]. And then?")]) as server:
        await use_model(world, server)
        await ask(tutored, "Why does the Calvin cycle slow down on hot days?")
        async with unit_of_work(admin) as work:
            assert await ContentRepository(work).count() == 0
            await service.save_limits(
                work=work,
                me=admin,
                version=0,
                caps_micros=(5_000_000, 2_000_000, 1_000_000),
                store_content=True,
                retention_days=30,
            )
        await ask(tutored, "go on")
    async with unit_of_work(admin) as work:
        kept = await ContentRepository(work).find()
        assert kept[0].answered == "Read [1]. And then?"
        kept[0].expires_at = utc_now() - timedelta(seconds=1)
    async with unit_of_work(admin) as work:
        await calls.clean(work=work)
        assert await ContentRepository(work).count(col(AiContent.id).is_not(None)) == 0


async def test_a_key_never_goes_to_another_address(world: World) -> None:
    admin = await world.admin.principal()
    with ScriptedProvider() as server:
        await use_model(world, server)
        async with unit_of_work(admin) as work:
            row = (await repository.ProviderRepository(work).find())[0]
            assert b"sk-scripted" not in (row.key_sealed or b"")
            draft = service.ProviderDraft(
                label="x", kind="compatible", model="m", base_url=f"http://localhost:{server.port}/v1"
            )
            with pytest.raises(Invalid) as refused:
                await service.save_provider(
                    work=work, me=admin, draft=draft, provider_id=row.id, version=row.version
                )
            assert "key" in refused.value.fields
    async with unit_of_work(admin) as work:
        assert await repository.ProviderRepository(work).count(col(AiProvider.label) == "x") == 0


async def test_only_administrators_reach_providers(world: World) -> None:
    teacher = await world.teacher.principal()
    async with unit_of_work(teacher) as work:
        with pytest.raises(Forbidden):
            await service.read_policy(work=work, me=teacher)
