"""The settings of an assessment between the form, the service and the page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypedDict
from uuid import UUID

from pydantic import Field

from eduplatform.domain.assessment.availability import local_to_utc
from eduplatform.domain.assessment.models import Assessment
from eduplatform.domain.assessment.rules import KIND_NAMES
from eduplatform.domain.assessment.schemas import AssessmentDraft
from eduplatform.domain.courses.models import PublicationStatus
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_number, time_zone
from eduplatform.security.principal import Principal
from eduplatform.state.base import Form

WALL = "%Y-%m-%dT%H:%M"
YEARS = range(2000, 2200)


class LateForm(Form):
    """What lateness costs."""

    late_percent_per_day: Annotated[str, Field(max_length=9)] = ""
    late_period: Annotated[str, Field(max_length=4)] = ""
    late_grace_minutes: Annotated[str, Field(max_length=9)] = ""
    late_max_percent: Annotated[str, Field(max_length=9)] = ""
    missing_percent: Annotated[str, Field(max_length=9)] = ""


class LateSettings(TypedDict):
    """What lateness costs, as its fields show it."""

    late_percent_per_day: str
    late_period: str
    late_grace_minutes: str
    late_max_percent: str
    missing_percent: str


class LateRule(TypedDict):
    """What lateness costs, as the services take it."""

    late_percent_per_day: int
    late_period: str
    late_grace_minutes: int
    late_max_percent: int
    missing_percent: int | None


class SettingsForm(LateForm):
    """The builder's settings. Times are on the wall clock of the organisation; empty means none."""

    title: Annotated[str, Field(min_length=1, max_length=160)]
    kind: Annotated[str, Field(max_length=20)] = ""
    instructions: Annotated[str, Field(max_length=25_000)] = ""
    module_id: Annotated[str, Field(max_length=40)] = ""
    opens_at: Annotated[str, Field(max_length=30)] = ""
    due_at: Annotated[str, Field(max_length=30)] = ""
    closes_at: Annotated[str, Field(max_length=30)] = ""
    time_limit_minutes: Annotated[str, Field(max_length=9)] = ""
    attempts_allowed: Annotated[str, Field(max_length=9)] = ""
    scoring: Annotated[str, Field(max_length=10)] = ""
    shuffle: bool = False
    shuffle_options: bool = False
    feedback_submitted: Annotated[str, Field(max_length=10)] = ""
    feedback_due: Annotated[str, Field(max_length=10)] = ""
    feedback_closed: Annotated[str, Field(max_length=10)] = ""
    password: Annotated[str, Field(max_length=200)] = ""
    without_password: bool = False


class Settings(LateSettings):
    """The settings as the builder's fields show them."""

    id: str
    title: str
    kind: str
    kind_name: str
    instructions: str
    module_id: str
    opens_at: str
    due_at: str
    closes_at: str
    time_limit_minutes: str
    attempts_allowed: str
    scoring: str
    shuffle: bool
    shuffle_options: bool
    feedback_submitted: str
    feedback_due: str
    feedback_closed: str
    protected: bool
    published: bool
    version: int
    points: str


NO_SETTINGS = Settings(
    id="",
    title="",
    kind="quiz",
    kind_name="",
    instructions="",
    module_id="",
    opens_at="",
    due_at="",
    closes_at="",
    time_limit_minutes="",
    attempts_allowed="1",
    scoring="best",
    late_percent_per_day="0",
    late_period="day",
    late_grace_minutes="",
    late_max_percent="100",
    missing_percent="",
    shuffle=False,
    shuffle_options=False,
    feedback_submitted="outcomes",
    feedback_due="outcomes",
    feedback_closed="solutions",
    protected=False,
    published=False,
    version=0,
    points="0",
)


def wall_clock(moment: datetime | None, timezone: str) -> str:
    """A moment as a date-time field shows it, on the organisation's wall clock."""
    return moment.astimezone(time_zone(timezone)).strftime(WALL) if moment else ""


def from_wall_clock(
    text: str, field: str, timezone: str, ambiguous: Literal["earlier", "later"]
) -> datetime | None:
    """What a date-time field means; None when it is empty.

    Raises:
        Invalid: It is no date and time.
    """
    if not text:
        return None
    try:
        wall = datetime.strptime(text[:16], WALL)  # noqa: DTZ007 - the zone is added below
        if wall.year not in YEARS:
            raise ValueError
        return local_to_utc(wall, time_zone(timezone).key, ambiguous=ambiguous)
    except (ValueError, OverflowError):
        raise Invalid(fields={field: N_("Please enter a date and a time.")}) from None


def whole(text: str, field: str) -> int:
    """The whole number in a field; 0 when it is empty.

    Raises:
        Invalid: It is none.
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Invalid(fields={field: N_("Please enter a whole number.")})
    return int(text)


def _module(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid(fields={"module_id": N_("Choose a module of this course.")}) from None


def late_rule(form: LateForm, before: LateSettings, *, locked: bool) -> LateRule:
    """The late rule of a form; a published assessment keeps the one that it has.

    Raises:
        Invalid: A field is not readable.
    """
    given: dict[str, str] = {
        name: before[name] if locked else getattr(form, name) for name in LateSettings.__annotations__
    }
    most, missing = given["late_max_percent"], given["missing_percent"]
    return LateRule(
        late_percent_per_day=whole(given["late_percent_per_day"], "late_percent_per_day"),
        late_period=given["late_period"] or before["late_period"],
        late_grace_minutes=whole(given["late_grace_minutes"], "late_grace_minutes"),
        late_max_percent=whole(most, "late_max_percent") if most else 100,
        missing_percent=whole(missing, "missing_percent") if missing else None,
    )


def late_settings(one: Assessment) -> LateSettings:
    """A stored late rule as its fields show it."""
    return LateSettings(
        late_percent_per_day=str(one.late_percent_per_day or ""),
        late_period=one.late_period,
        late_grace_minutes=str(one.late_grace_minutes or ""),
        late_max_percent=str(one.late_max_percent),
        missing_percent="" if one.missing_percent is None else str(one.missing_percent),
    )


def draft_of(form: SettingsForm, before: Settings, timezone: str) -> AssessmentDraft:
    """The form as the service takes it. Fields that a published assessment does not offer keep their value.

    Raises:
        Invalid: A field is not readable.
    """
    locked = before["published"]
    minutes = before["time_limit_minutes"] if locked else form.time_limit_minutes
    return AssessmentDraft(
        title=form.title,
        kind=form.kind or before["kind"],
        instructions=form.instructions,
        module_id=_module(form.module_id),
        opens_at=from_wall_clock(form.opens_at, "opens_at", timezone, "earlier"),
        due_at=from_wall_clock(form.due_at, "due_at", timezone, "later"),
        closes_at=from_wall_clock(form.closes_at, "closes_at", timezone, "later"),
        time_limit_minutes=whole(minutes, "time_limit_minutes"),
        attempts_allowed=whole(form.attempts_allowed, "attempts_allowed"),
        scoring=form.scoring or before["scoring"],
        **late_rule(form, before, locked=locked),
        shuffle=before["shuffle"] if locked else form.shuffle,
        shuffle_options=before["shuffle_options"] if locked else form.shuffle_options,
        feedback_submitted=form.feedback_submitted or before["feedback_submitted"],
        feedback_due=form.feedback_due or before["feedback_due"],
        feedback_closed=form.feedback_closed or before["feedback_closed"],
        password="" if form.without_password else (form.password or None),
    )


def settings_of(one: Assessment, me: Principal) -> Settings:
    """A stored assessment as the builder's fields show it."""
    return Settings(
        id=str(one.id),
        title=one.title,
        kind=one.kind,
        kind_name=translate(KIND_NAMES[one.kind], me.locale),
        instructions=one.instructions,
        module_id=str(one.module_id or ""),
        opens_at=wall_clock(one.opens_at, me.timezone),
        due_at=wall_clock(one.due_at, me.timezone),
        closes_at=wall_clock(one.closes_at, me.timezone),
        time_limit_minutes=str(one.time_limit_minutes or ""),
        attempts_allowed=str(one.attempts_allowed or ""),
        scoring=one.scoring,
        **late_settings(one),
        shuffle=one.shuffle,
        shuffle_options=one.shuffle_options,
        feedback_submitted=one.feedback_submitted,
        feedback_due=one.feedback_due,
        feedback_closed=one.feedback_closed,
        protected=bool(one.password_hash),
        published=one.status == PublicationStatus.PUBLISHED,
        version=one.version,
        points=format_number(one.points, me.locale),
    )
