"""The organisation's settings and terms."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import sessions
from eduplatform.domain.tenants import policy, service
from eduplatform.domain.tenants.models import Term
from eduplatform.errors import Invalid
from eduplatform.security.principal import PlatformActor
from eduplatform.state.base import NoticeState
from eduplatform.state.organisation import OrganisationState
from eduplatform.state.shell import ShellState
from tests.factories.world import World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


async def form_of(tab: Tab, **changes: str) -> dict[str, str]:
    await tab.fire(OrganisationState.load)
    row = (await tab.state(OrganisationState)).organisation
    kept = {key: str(value) for key, value in row.items() if key != "slug"}
    return kept | changes


async def test_settings_are_saved_and_felt_in_open_sessions(world: World) -> None:
    cookie = await world.student.sign_in()
    assert (await sessions.resolve(cookie.partition("=")[2])).timezone == "UTC"
    async with Tab(await world.admin.sign_in(), path="/admin/organisation") as tab:
        await tab.fire(ShellState.load)
        form = await form_of(
            tab, name="New name", timezone="Europe/Madrid", locale="es", accent="#7C2D12", motto="M"
        )
        await tab.fire(OrganisationState.save(form))
        state = await tab.state(OrganisationState)
        assert state.errors == {}
        assert (state.organisation["accent"], state.saved) == ("#7c2d12", 1)
    found = await sessions.resolve(cookie.partition("=")[2])
    assert (found.tenant_name, found.timezone, found.locale, found.accent) == (
        "New name",
        "Europe/Madrid",
        "es",
        "#7c2d12",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accent": "#ffff00"}, "accent"),
        ({"accent": "#777777"}, "accent"),
        ({"accent": "red"}, "accent"),
        ({"accent": "#12345"}, "accent"),
        ({"accent": "#000;}body{"}, "accent"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"locale": "xx"}, "locale"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"motto": "x" * 201}, "motto"),
        ({"slug": "other"}, "slug"),
        ({"status": "active"}, "status"),
    ],
)
async def test_unusable_values_are_refused_next_to_their_field(
    world: World, change: dict[str, str], field: str
) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/organisation") as tab:
        await tab.fire(OrganisationState.save(await form_of(tab, **change)))
        state = await tab.state(OrganisationState)
        assert field in state.errors
        await tab.fire(OrganisationState.load)
        assert (await tab.state(OrganisationState)).organisation["name"] == f"School {world.slug}"


async def test_the_second_of_two_administrators_does_not_overwrite_the_first(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/organisation") as tab:
        stale = await form_of(tab, name="Second")
        await tab.fire(OrganisationState.save(await form_of(tab, name="First")))
        await tab.fire(OrganisationState.save(stale))
        assert (await tab.state(NoticeState)).notices[-1]["kind"] != "success"
        await tab.fire(OrganisationState.load)
        assert (await tab.state(OrganisationState)).organisation["name"] == "First"


def _term(name: str, first: str, last: str, **more: str) -> dict[str, str]:
    return {"name": name, "starts_on": first, "ends_on": last, "term_id": "", "version": "", **more}


async def test_terms_are_added_and_changed_without_overlap(world: World) -> None:
    async with Tab(await world.admin.sign_in(), path="/admin/organisation") as tab:
        await tab.fire(OrganisationState.save_term(_term("Autumn", "2026-09-01", "2026-12-18")))
        for name, first, last, field in (
            ("Other", "2026-12-18", "2027-01-31", "starts_on"),
            ("Other", "2026-08-01", "2026-09-01", "starts_on"),
            ("Other", "2026-08-01", "2027-01-31", "starts_on"),
            ("Other", "2026-10-01", "2026-10-02", "starts_on"),
            ("Other", "2027-02-01", "2027-01-31", "ends_on"),
            ("Other", "2027-01-01", "2029-01-31", "ends_on"),
            ("Other", "0001-01-01", "0001-02-01", "starts_on"),
            ("Autumn", "2027-01-01", "2027-02-01", "name"),
            ("", "2027-01-01", "2027-02-01", "name"),
            ("Other", "soon", "2027-02-01", "starts_on"),
        ):
            await tab.fire(OrganisationState.save_term(_term(name, first, last)))
            assert field in (await tab.state(OrganisationState)).errors, (name, first, last)
        await tab.fire(OrganisationState.save_term(_term("Winter", "2026-12-19", "2027-02-12")))
        terms = (await tab.state(OrganisationState)).terms
        assert [one["name"] for one in terms] == ["Winter", "Autumn"]
        autumn = terms[1]
        await tab.fire(OrganisationState.edit_term(autumn["id"]))
        assert (await tab.state(OrganisationState)).editing["starts_on"] == "2026-09-01"
        changed = _term("Autumn", "2026-08-24", "2026-12-18", term_id=autumn["id"], version=autumn["version"])
        await tab.fire(OrganisationState.save_term(changed))
        state = await tab.state(OrganisationState)
        assert (state.errors, state.dialog_open) == ({}, False)
        assert state.terms[1]["starts_on"] == "2026-08-24"
        await tab.fire(OrganisationState.save_term(changed))
        assert (await tab.state(NoticeState)).notices[-1]["kind"] != "success"


async def test_two_overlapping_terms_at_once_leave_one(world: World) -> None:
    async def save(name: str) -> None:
        async with unit_of_work(PlatformActor(world.tenant_id)) as work:
            await service.save_term(
                work=work,
                term_id=None,
                version="",
                name=name,
                starts_on=date(2026, 9, 1),
                ends_on=date(2026, 12, 1),
            )

    results = await asyncio.gather(*(save(f"T{number}") for number in range(4)), return_exceptions=True)
    assert [type(one) for one in results if one is not None] == [Invalid] * 3


days = st.dates(min_value=date(2020, 1, 1), max_value=date(2020, 3, 1))


@given(days, days, days, days)
def test_terms_overlap_exactly_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    one = {a + timedelta(days=number) for number in range((b - a).days + 1)}
    two = {c + timedelta(days=number) for number in range((d - c).days + 1)}
    term = Term(name="x", starts_on=a, ends_on=b)
    found = policy.overlapping([term], starts_on=c, ends_on=d, but=None)
    assert (found is term) == bool(one & two)
    assert policy.overlapping([term], starts_on=c, ends_on=d, but=term.id) is None


@pytest.mark.parametrize(
    ("color", "contrast"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.48)]
)
def test_contrast_is_the_one_of_wcag(color: str, contrast: float) -> None:
    assert policy.contrast_on_white(color) == pytest.approx(contrast, abs=0.006)
