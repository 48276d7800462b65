"""Whose an attempt is: the student's who began it, or all members' of the group that works on it together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Uuid, and_, any_, func, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.courses.group_models import GroupMember


def belongs_to(user: Any) -> ColumnElement[bool]:
    """Condition on `Attempt`: it is this person's own, or that of a group which they are a member of now.

    Args:
        user: A person's id, or a column of the surrounding statement that holds it.
    """
    return or_(
        and_(col(Attempt.group_id).is_(None), col(Attempt.user_id) == user),
        in_group_of(col(GroupMember.user_id) == user),
    )


def in_group_of(members: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition on `Attempt`: it is that of a group with a member whom ``members`` describes.

    The groups are an array, so that PostgreSQL looks them up once and both sides of `belongs_to` use an index.
    """
    groups = select(GroupMember.group_id).where(members).scalar_subquery()
    return col(Attempt.group_id) == any_(func.array(groups, type_=ARRAY(Uuid)))
