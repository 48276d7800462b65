"""What a person chose about being told."""

from __future__ import annotations

from sqlmodel import col

from eduplatform.db.unit_of_work import Work
from eduplatform.domain.messaging.models import NotificationSetting
from eduplatform.domain.messaging.notification_repository import NotificationSettingRepository
from eduplatform.domain.messaging.preferences import DAY_MINUTES, DIGEST_AT, Way, kinds_for
from eduplatform.errors import Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.i18n.formatting import time_zone
from eduplatform.security.principal import Principal


async def read_own(*, work: Work, me: Principal) -> NotificationSetting:
    """The person's choices; the defaults, not saved, when they never chose."""
    found = await NotificationSettingRepository(work).first(col(NotificationSetting.user_id) == me.user)
    return found or NotificationSetting(user_id=me.user, timezone=me.timezone, digest_at=DIGEST_AT)


async def choose_way(*, work: Work, me: Principal, kind: str, way: str) -> None:
    """Have a kind of news come another way.

    Raises:
        NotFound: The person gets no such kind, or there is no such way.
    """
    if kind not in kinds_for(me.roles) or way not in set(Way):
        raise NotFound
    row = await _locked(work, me)
    row.ways = {**row.ways, kind: way}
    await work.flush()


async def save_hours(
    *, work: Work, me: Principal, timezone: str, quiet_from: int, quiet_until: int, digest_at: int
) -> None:
    """Set when mail may come.

    Args:
        work: The open unit of work.
        me: Whose mail.
        timezone: Name of the zone of the person's clock.
        quiet_from: Minutes after midnight from which no mail comes.
        quiet_until: Minutes after midnight until which none comes; equal to ``quiet_from``: it may always come.
        digest_at: Minutes after midnight at which the daily mail comes.

    Raises:
        Invalid: There is no such zone.
    """
    if not timezone or time_zone(timezone).key != timezone:
        raise Invalid(fields={"timezone": N_("Please choose a time zone from the list.")})
    row = await _locked(work, me)
    row.timezone = timezone
    row.quiet_from, row.quiet_until = quiet_from % DAY_MINUTES, quiet_until % DAY_MINUTES
    row.digest_at = digest_at % DAY_MINUTES
    await work.flush()


async def _locked(work: Work, me: Principal) -> NotificationSetting:
    repository = NotificationSettingRepository(work)
    found = (
        await work.session.exec(
            repository.rows().where(col(NotificationSetting.user_id) == me.user).with_for_update()
        )
    ).one_or_none()
    return found or await repository.add(
        NotificationSetting(user_id=me.user, timezone=me.timezone, digest_at=DIGEST_AT)
    )
