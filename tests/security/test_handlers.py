"""Every registered handler is called as nobody, in the wrong role, from the wrong tenant, malformed and replayed.

The list is made from the application itself: a new handler is in these tests by existing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from eduplatform.pages.registry import PAGES
from eduplatform.security.gate import HandlerPolicy, registered_policies, uncovered_handlers
from eduplatform.security.permissions import ROLE_PERMISSIONS, Permission, Public, Role
from eduplatform.state.base import NoticeState
from tests.factories.rows import CANARY, fill_tenant
from tests.factories.world import Person, World, make_operator, make_world
from tests.harness import Tab, annotations_of, state_of, wire_value

pytestmark = pytest.mark.anyio

POLICIES = registered_policies()
PROTECTED = {name: policy for name, policy in POLICIES.items() if policy.permission is not Public.PUBLIC}
TENANT_ROLES = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN, Role.ADMIN)


def short(name: str) -> str:
    """State and handler, as the log names them."""
    state, _, handler = name.rpartition(".")
    return f"{state_of(name).__name__}.{handler}" if state else handler


async def outcomes(tab: Tab, name: str, payload: dict[str, Any]) -> set[str]:
    """Call a handler and tell how it ended, as the log tells it."""
    with capture_logs() as lines:
        await tab.send(name, payload)
    return {
        line["outcome"] for line in lines if line["event"] == "ui_event" and line["handler"] == short(name)
    }


def payload_of(name: str, policy: HandlerPolicy, identifier: str = "") -> dict[str, Any]:
    """Arguments of the right shape."""
    hints = annotations_of(name)
    return {argument: wire_value(hints[argument], identifier) for argument in policy.arguments}


@dataclass
class Stage:
    """Our people and an operator, and another tenant whose every row carries a canary."""

    ours: World
    theirs: World
    operator: Person
    their_ids: list[str]
    cookies: dict[Role, str]

    def holder(self, permission: Permission, *, wanted: bool) -> Role | None:
        """A role that has the permission, or one that has not."""
        for role in (*TENANT_ROLES, Role.OPERATOR):
            if (permission is Permission.ACCOUNT or permission in ROLE_PERMISSIONS[role]) == wanted:
                return role
        return None


@pytest.fixture(scope="module")
async def stage(database: None) -> Stage:
    ours, theirs, spare, operator = (
        await make_world(),
        await make_world(),
        await make_world(),
        await make_operator(),
    )
    rows = await fill_tenant(theirs.tenant_id, spare.student.identity_id)
    cookies = {role: await getattr(ours, role.value).sign_in() for role in TENANT_ROLES}
    cookies[Role.OPERATOR] = await operator.sign_in()
    return Stage(ours, theirs, operator, sorted({str(key) for key in rows.values()}), cookies)


handlers = pytest.mark.parametrize("name", sorted(POLICIES), ids=short)
protected = pytest.mark.parametrize("name", sorted(PROTECTED), ids=short)


def test_every_handler_has_a_policy() -> None:
    assert uncovered_handlers() == []
    assert len(POLICIES) > 10


@protected
async def test_nobody_gets_nothing(stage: Stage, name: str) -> None:
    async with Tab() as tab:
        assert await outcomes(tab, name, payload_of(name, POLICIES[name])) == {"not_signed_in"}
        assert [path.partition("?")[0] for path in tab.redirects()] == ["/login"]


@protected
async def test_a_made_up_cookie_gets_nothing(stage: Stage, name: str) -> None:
    forged = stage.cookies[Role.ADMIN].partition("=")[0] + "=" + "A" * 43
    async with Tab(forged) as tab:
        assert await outcomes(tab, name, payload_of(name, POLICIES[name])) == {"not_signed_in"}


@protected
async def test_the_wrong_role_is_refused(stage: Stage, name: str) -> None:
    permission = Permission(PROTECTED[name].permission)
    role = stage.holder(permission, wanted=False)
    if role is None:
        assert permission is Permission.ACCOUNT
        return
    async with Tab(stage.cookies[role]) as tab:
        assert await outcomes(tab, name, payload_of(name, POLICIES[name])) == {"forbidden"}


UNKNOWN: tuple[dict[str, Any], ...] = (
    {"surprise": 1},
    {"self": {}, "me": {"roles": ["admin"]}},
    {"me": {"roles": ["admin"]}, "tenant_id": str(uuid4())},
)
MALFORMED: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "\x00",
    "x" * 1_000_000,
    "' OR 1=1 --",
    {"$ne": 1},
    [[]],
    "<script>alert(1)</script>",
)


@handlers
async def test_unknown_arguments_are_refused(stage: Stage, name: str) -> None:
    async with Tab(cookie_for(stage, name)) as tab:
        for junk in UNKNOWN:
            strange = {key: value for key, value in junk.items() if key not in POLICIES[name].arguments}
            ended = await outcomes(tab, name, {**payload_of(name, POLICIES[name]), **strange})
            assert not ended & {"ok", "failed"}, strange
        assert not tab.errors


@handlers
async def test_malformed_arguments_never_break_a_handler(stage: Stage, name: str) -> None:
    if not POLICIES[name].arguments:
        return
    async with Tab(cookie_for(stage, name)) as tab:
        for value in MALFORMED:
            ended = await outcomes(tab, name, dict.fromkeys(POLICIES[name].arguments, value))
            assert "failed" not in ended, repr(value)[:60]
        assert not tab.errors


@protected
async def test_another_tenants_ids_lead_nowhere(stage: Stage, name: str) -> None:
    """Their ids in every argument and in every address: nothing of theirs is shown, and nothing breaks."""
    async with Tab(cookie_for(stage, name)) as tab:
        for identifier in stage.their_ids:
            for route in {page.route for page in PAGES if "[" in page.route} or {"/"}:
                path = "/".join(identifier if part.startswith("[") else part for part in route.split("/"))
                await tab.go(path, route)
                if POLICIES[name].arguments or _loads(name, route):
                    ended = await outcomes(tab, name, payload_of(name, POLICIES[name], identifier))
                    assert "failed" not in ended
                if not _loads(name, route):
                    break
        seen = json.dumps([dict(delta) for delta in tab.deltas], default=str)
        assert CANARY not in seen
        assert not tab.errors


def _loads(name: str, route: str) -> bool:
    for page in PAGES:
        if page.route == route:
            return any(short(name) in repr(event) or _same(event, name) for event in page.on_load)
    return False


def _same(event: Any, name: str) -> bool:
    handler = name.rpartition(".")[2]
    fn = getattr(getattr(event, "handler", event), "fn", None)
    return fn is not None and fn.__qualname__ == f"{state_of(name).__name__}.{handler}"


def cookie_for(stage: Stage, name: str) -> str:
    """The cookie of somebody who may call the handler."""
    permission = POLICIES[name].permission
    if isinstance(permission, Public):
        return ""
    role = stage.holder(permission, wanted=True)
    assert role is not None
    return stage.cookies[role]


async def test_a_replayed_notice_dismissal_is_harmless(stage: Stage) -> None:
    name = next(one for one in POLICIES if one.endswith("shell_state.dismiss"))
    async with Tab(stage.cookies[Role.STUDENT]) as tab:
        for _ in range(3):
            assert await outcomes(tab, name, {"notice_id": "gone"}) == {"ok"}
        assert (await tab.state(NoticeState)).notices == []
