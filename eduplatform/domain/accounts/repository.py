"""Rows of people within one tenant."""

from __future__ import annotations

from eduplatform.db.repository import Repository
from eduplatform.domain.accounts.models import GuardianLink, Invitation, User


class UserRepository(Repository[User]):
    """Members."""

    model = User


class GuardianLinkRepository(Repository[GuardianLink]):
    """Who may follow whom."""

    model = GuardianLink


class InvitationRepository(Repository[Invitation]):
    """Invitations that were sent."""

    model = Invitation
