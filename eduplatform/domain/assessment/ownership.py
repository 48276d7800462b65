"""Whose an attempt is: the student's who began it, or all members' of the group that works on it together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.courses.group_models import GroupMember


def belongs_to(user: Any) -> ColumnElement[bool]:
    """Condition on `Attempt`: it is this person's own, or that of a group which they are a member of now.

    Args:
        user: A person's id, or a column of the surrounding statement that holds it.
    """
    groups = select(GroupMember.group_id).where(
        col(GroupMember.tenant_id) == col(Attempt.tenant_id), col(GroupMember.user_id) == user
    )
    return or_(
        and_(col(Attempt.group_id).is_(None), col(Attempt.user_id) == user), col(Attempt.group_id).in_(groups)
    )
