"""Who may do what, as data: roles, permissions, and the table that joins them.

A permission opens a door; whether this person stands in the right relation to the object behind it (teaches the section, is
the student, is the child's guardian) is decided by the area's ``policy.py`` on the rows themselves.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a tenant; ``operator`` runs the installation and belongs to no tenant."""

    STUDENT = "student"
    TEACHER = "teacher"
    GUARDIAN = "guardian"
    ADMIN = "admin"
    OPERATOR = "operator"


class Permission(StrEnum):
    """Everything a handler or route can ask for."""

    ACCOUNT = "account"
    COURSE_READ = "course.read"
    COURSE_EDIT = "course.edit"
    COURSE_JOIN = "course.join"
    ASSESSMENT_EDIT = "assessment.edit"
    ATTEMPT_TAKE = "attempt.take"
    GRADE_WRITE = "grade.write"
    SUPPORT_EDIT = "support.edit"
    GRADE_READ_OWN = "grade.read_own"
    CHILD_READ = "child.read"
    DISCUSSION = "discussion"
    ROSTER_EDIT = "roster.edit"
    NOTIFICATION = "notification"
    MESSAGE = "message"
    CALENDAR = "calendar"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    USAGE_READ = "usage.read"
    AUDIT_READ = "audit.read"
    TENANT_EDIT = "tenant.edit"
    SAFEGUARDING = "safeguarding"
    OPERATE = "operate"


class Public(StrEnum):
    """The doors that need no session, each named so that they can be counted."""

    PUBLIC = "public"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: frozenset(
        {
            Permission.ACCOUNT,
            Permission.COURSE_READ,
            Permission.COURSE_JOIN,
            Permission.ATTEMPT_TAKE,
            Permission.GRADE_READ_OWN,
            Permission.DISCUSSION,
            Permission.NOTIFICATION,
            Permission.MESSAGE,
            Permission.CALENDAR,
        }
    ),
    Role.TEACHER: frozenset(
        {
            Permission.ACCOUNT,
            Permission.COURSE_READ,
            Permission.COURSE_EDIT,
            Permission.ROSTER_EDIT,
            Permission.ASSESSMENT_EDIT,
            Permission.GRADE_WRITE,
            Permission.SUPPORT_EDIT,
            Permission.SAFEGUARDING,
            Permission.DISCUSSION,
            Permission.NOTIFICATION,
            Permission.MESSAGE,
            Permission.CALENDAR,
        }
    ),
    Role.GUARDIAN: frozenset(
        {
            Permission.ACCOUNT,
            Permission.CHILD_READ,
            Permission.NOTIFICATION,
            Permission.MESSAGE,
            Permission.CALENDAR,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.ACCOUNT,
            Permission.PEOPLE_READ,
            Permission.PEOPLE_EDIT,
            Permission.ROSTER_EDIT,
            Permission.SUPPORT_EDIT,
            Permission.USAGE_READ,
            Permission.AUDIT_READ,
            Permission.TENANT_EDIT,
            Permission.SAFEGUARDING,
            Permission.NOTIFICATION,
        }
    ),
    Role.OPERATOR: frozenset({Permission.ACCOUNT, Permission.OPERATE}),
}


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that any of the roles allows."""
    return frozenset(permission for role in roles for permission in ROLE_PERMISSIONS[role])
