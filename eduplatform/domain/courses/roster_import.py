"""Bringing a list of people into a section: first what it would do, row by row, then doing it in one transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from eduplatform.db.base import new_id, utc_now
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.accounts.invitations import read_roles
from eduplatform.domain.accounts.models import AccountStatus, GuardianLink, User
from eduplatform.domain.accounts.people import PENDING, VERIFIED
from eduplatform.domain.accounts.repository import GuardianLinkRepository, UserRepository
from eduplatform.domain.accounts.service import Invitee, check_invitee
from eduplatform.domain.courses import policy
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.domain.courses.repository import ACTIVE, EnrollmentRepository, SectionRepository
from eduplatform.domain.courses.roster_file import MOST_BYTES, RosterLine, read_roster
from eduplatform.domain.courses.waiting import (
    GuardianPair,
    WaitingEnrollmentRepository,
    WaitingGuardianRepository,
    link_guardians,
)
from eduplatform.domain.files import service as files
from eduplatform.errors import Conflict, FieldText, Invalid
from eduplatform.i18n import N_
from eduplatform.security.permissions import Permission, Role
from eduplatform.security.principal import Principal

Outcome = Literal["add", "invite", "return", "change", "same", "bad"]
"""``add``: a member joins the section; ``invite``: somebody without an account is invited into it; ``return``: somebody who
was taken off comes back; ``change``: only a guardian is new; ``same``: nothing to do; ``bad``: the row cannot be used."""

OUTCOMES: tuple[Outcome, ...] = ("bad", "add", "invite", "return", "change", "same")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell: the column by its key, and a message."""

    column: str
    message: FieldText


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What would become of a row.

    Attributes:
        number: The row in the file.
        role: What the person would be in the section.
        guardian: Address of the guardian who would be noted; empty for none.
        user_id: The member, if the address belongs to one.
        enrollment_id: Their ended enrolment in this section, for ``return``.
    """

    number: int
    email: str
    given_name: str
    family_name: str
    role: str
    guardian: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    user_id: UUID | None = None
    enrollment_id: UUID | None = None

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        section: Where to.
        file_name: As uploaded.
        rows: Every row of the file, in its order.
        fingerprint: Changes when the outcome of any row does.
    """

    section: Section
    file_name: str
    rows: list[PlannedRow]
    fingerprint: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have each outcome."""
        return Counter(one.outcome for one in self.rows)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of the addresses in a file."""

    users: Mapping[str, User]
    enrollments: Mapping[UUID, list[Enrollment]]
    section_names: Mapping[UUID, str]
    waiting: Mapping[str, UUID]
    links: frozenset[tuple[UUID, UUID]]
    waiting_guardians: frozenset[tuple[str, str]]


async def require_roster_editor(
    *, work: Work, me: Principal, section_id: UUID, lock: bool = False
) -> Section:
    """The section, for a teacher of its course and for whoever manages the people of the organisation.

    Raises:
        NotFound: It does not exist, or is not this person's to change.
    """
    section = await SectionRepository(work).get(section_id, lock=lock)
    if not me.may(Permission.PEOPLE_EDIT):
        await policy.require_teacher(work=work, me=me, course_id=section.course_id)
    return section


async def plan(*, work: Work, me: Principal, section_id: UUID, file_id: UUID, lock: bool = False) -> Plan:
    """Read a file and say what importing it would do; changes nothing. At most nine statements, however many rows.

    Args:
        work: The open unit of work.
        me: Who imports.
        section_id: Where to.
        file_id: The CSV or XLSX file that this person uploaded for an import.
        lock: Keep other imports into the section waiting until the end of the transaction.

    Raises:
        NotFound: The section or the file is not this person's.
        Invalid: The file cannot be read as a list of people.
    """
    section = await require_roster_editor(work=work, me=me, section_id=section_id, lock=lock)
    file, content = await files.content(work=work, me=me, file_id=file_id, purpose="import", limit=MOST_BYTES)
    if file.content_type.startswith("text/"):
        spreadsheet = False
    elif file.name.casefold().endswith(".xlsx"):
        spreadsheet = True
    else:
        raise Invalid(N_("Upload a CSV or XLSX file."))
    lines = await asyncio.to_thread(read_roster, content, spreadsheet=spreadsheet, locale=me.locale)
    read = _read_lines(lines, me)
    known = await _look_up(work, section, read)
    rows = [_judge(one, known, section, me) for one in read]
    digest = hashlib.sha256(
        "\n".join(
            f"{one.number} {one.outcome} {one.email} {one.role} {one.guardian}" for one in rows
        ).encode()
    ).hexdigest()[:16]
    return Plan(section, file.name, rows, f"{section.id}{digest}")


def _read_lines(lines: Sequence[RosterLine], me: Principal) -> list[PlannedRow]:
    rows: list[PlannedRow] = []
    seen: dict[str, int] = {}
    for line in lines:
        row = _read_line(line, me)
        earlier = seen.setdefault(row.email, row.number) if row.email else row.number
        if earlier != row.number:
            problem = Problem("email", (N_("This address is in row {row} already."), {"row": earlier}))
            row = replace(row, outcome="bad", problems=(*row.problems, problem))
        rows.append(row)
    return rows


def _read_line(line: RosterLine, me: Principal) -> PlannedRow:
    values = {name: line.values.get(name, "") for name in ("email", "given_name", "family_name")}
    problems: list[Problem] = []
    role = Role.STUDENT
    if words := line.values.get("role", ""):
        try:
            roles = read_roles(words, me.locale)
            if len(roles) != 1 or not roles <= {Role.STUDENT, Role.TEACHER}:
                problems.append(Problem("role", N_("In a class people are students or teachers.")))
            else:
                role = next(iter(roles))
        except Invalid as error:
            problems.append(Problem("role", error.fields["roles"]))
    try:
        person = check_invitee(**values, roles=[role])
        values = {"email": person.email, "given_name": person.given_name, "family_name": person.family_name}
    except Invalid as error:
        problems += [Problem(name, text) for name, text in error.fields.items()]
    guardian = ""
    if given := line.values.get("guardian", ""):
        try:
            guardian = check_invitee(email=given, given_name="", family_name="", roles=[Role.GUARDIAN]).email
        except Invalid as error:
            problems.append(Problem("guardian", error.fields["email"]))
        if role is Role.TEACHER:
            problems.append(Problem("guardian", N_("Only students have guardians.")))
        elif guardian and guardian == values["email"]:
            problems.append(Problem("guardian", N_("Nobody is their own guardian.")))
    return PlannedRow(
        number=line.number,
        email=values["email"][:254],
        given_name=values["given_name"][:80],
        family_name=values["family_name"][:80],
        role=role.value,
        guardian=guardian,
        outcome="bad" if problems else "same",
        problems=tuple(problems),
    )


async def _look_up(work: Work, section: Section, rows: Sequence[PlannedRow]) -> _Known:
    """Five statements, however many rows."""
    emails = sorted({one.email for one in rows if one.email} | {one.guardian for one in rows if one.guardian})
    users = {one.email: one for one in await UserRepository(work).find(col(User.email).in_(emails))}
    inside = await EnrollmentRepository(work).in_course(section.course_id, [one.id for one in users.values()])
    enrollments: dict[UUID, list[Enrollment]] = {}
    for one, _name in inside:
        enrollments.setdefault(one.user_id, []).append(one)
    waiting = await WaitingEnrollmentRepository(work).in_course(section.course_id, emails)
    students = [one.id for one in users.values() if Role.STUDENT in one.roles]
    links = await GuardianLinkRepository(work).find(col(GuardianLink.student_id).in_(students))
    guardians = await WaitingGuardianRepository(work).between(emails)
    return _Known(
        users=users,
        enrollments=enrollments,
        section_names={one.section_id: name for one, name in inside},
        waiting={one.email: one.section_id for one in waiting},
        links=frozenset((one.guardian_id, one.student_id) for one in links),
        waiting_guardians=frozenset((one.guardian_email, one.student_email) for one in guardians),
    )


def _judge(row: PlannedRow, known: _Known, section: Section, me: Principal) -> PlannedRow:
    """What becomes of a row that could be read."""
    user = known.users.get(row.email)
    problems = list(row.problems)
    if row.outcome == "bad":
        return row if user is None else replace(row, user_id=user.id)
    outcome, enrollment_id = _outcome(row, user, known, section, me, problems)
    guardian = row.guardian
    if guardian:
        person = known.users.get(guardian)
        if person is not None and Role.GUARDIAN not in person.roles:
            problems.append(
                Problem("guardian", N_("This member is not a guardian. An administrator can change that."))
            )
        known_pair = (guardian, row.email) in known.waiting_guardians
        if person is not None and user is not None:
            known_pair = known_pair or (person.id, user.id) in known.links
        if known_pair:
            guardian = ""
        elif outcome == "same":
            outcome = "change"
    if problems:
        outcome = "bad"
    shown = (user.given_name, user.family_name) if user else (row.given_name, row.family_name)
    return replace(
        row,
        outcome=outcome,
        problems=tuple(problems),
        guardian=guardian,
        given_name=shown[0],
        family_name=shown[1],
        user_id=user.id if user else None,
        enrollment_id=enrollment_id,
    )


def _outcome(
    row: PlannedRow,
    user: User | None,
    known: _Known,
    section: Section,
    me: Principal,
    problems: list[Problem],
) -> tuple[Outcome, UUID | None]:
    """What the person's row does to the section; what stands against it is added to ``problems``."""
    if user is None:
        if row.role == Role.TEACHER and not me.may(Permission.PEOPLE_EDIT):
            problems.append(Problem("email", N_("Only administrators invite teachers.")))
        place = known.waiting.get(row.email)
        if place is not None and place != section.id:
            problems.append(Problem("email", N_("This person is invited to another class of the course.")))
        return ("same" if place == section.id else "invite"), None
    if user.status != AccountStatus.ACTIVE:
        problems.append(Problem("email", N_("This account is closed. An administrator can open it again.")))
    elif row.role not in user.roles:
        missing = (
            N_("This member does not have the role of teacher.")
            if row.role == Role.TEACHER
            else N_("This member does not have the role of student.")
        )
        problems.append(Problem("email", missing))
    own = known.enrollments.get(user.id, [])
    here = next((one for one in own if one.section_id == section.id), None)
    elsewhere = next((one for one in own if one.section_id != section.id and one.status == ACTIVE), None)
    if here is not None and here.status == ACTIVE:
        if here.role != row.role:
            problems.append(Problem("role", N_("This person is in the class with another role.")))
        return "same", None
    if elsewhere is not None and elsewhere.role == row.role == EnrollmentRole.STUDENT:
        message = N_(
            "This student is in “{section}”. Move them from there, so that their work stays with them."
        )
        problems.append(Problem("email", (message, {"section": known.section_names[elsewhere.section_id]})))
    return ("add", None) if here is None else ("return", here.id)


async def apply(*, work: Work, me: Principal, section_id: UUID, file_id: UUID, fingerprint: str) -> Plan:
    """Import the usable rows of a file, exactly as `plan` showed them; a constant number of statements.

    Args:
        work: The open unit of work.
        me: Who imports.
        section_id: Where to.
        file_id: The file.
        fingerprint: That of the plan which the person has seen.

    Raises:
        NotFound: The section or the file is not this person's.
        Conflict: The plan would be another one by now; nothing was changed.
        Invalid: No row can be used.
    """
    found = await plan(work=work, me=me, section_id=section_id, file_id=file_id, lock=True)
    if found.fingerprint != fingerprint:
        raise Conflict(N_("The class changed in the meantime. Please look at the list again."))
    rows = [one for one in found.rows if one.outcome not in ("bad", "same")]
    if not rows:
        raise Invalid(N_("There is nothing to import."))
    await _enrol(work, found.section, rows)
    invited = [one for one in rows if one.outcome == "invite"]
    await _invite(work, me, found.section, invited, await _guardians(work, me, rows))
    await work.audit(
        "roster.imported",
        section_id=found.section.id,
        **{name: found.counts.get(name, 0) for name in OUTCOMES},
    )
    return found


async def _enrol(work: Work, section: Section, rows: Sequence[PlannedRow]) -> None:
    now = utc_now()
    enrollments = EnrollmentRepository(work)
    await enrollments.insert_many(
        [
            {
                "id": new_id(),
                "section_id": section.id,
                "user_id": one.user_id,
                "role": one.role,
                "status": ACTIVE,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for one in rows
            if one.outcome == "add"
        ]
    )
    for role in EnrollmentRole:
        back = [one.enrollment_id for one in rows if one.outcome == "return" and one.role == role]
        if back:
            await work.session.exec(
                update(Enrollment)
                .where(col(Enrollment.tenant_id) == work.tenant_id, col(Enrollment.id).in_(back))
                .values(status=ACTIVE, role=role.value, updated_at=now)
                .execution_options(synchronize_session=False)
            )


async def _guardians(work: Work, me: Principal, rows: Sequence[PlannedRow]) -> list[str]:
    """Note the guardians of the rows; returns the addresses that have no account and must be invited."""
    wanted = [one for one in rows if one.guardian]
    if not wanted:
        return []
    status = VERIFIED if me.may(Permission.PEOPLE_EDIT) else PENDING
    emails = [one.guardian for one in wanted]
    members = {one.email: one.id for one in await UserRepository(work).find(col(User.email).in_(emails))}
    pairs: list[GuardianPair] = []
    now = utc_now()
    later: list[dict[str, object]] = []
    for one in wanted:
        guardian_id = members.get(one.guardian)
        if guardian_id is not None and one.user_id is not None:
            pairs.append(GuardianPair(guardian_id, one.user_id, status))
            continue
        later.append(
            {
                "id": new_id(),
                "guardian_email": one.guardian,
                "student_email": one.email,
                "status": status,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
        )
    await link_guardians(work=work, pairs=pairs)
    await WaitingGuardianRepository(work).insert_many(later)
    return sorted({one for one in emails if one not in members})


async def _invite(
    work: Work, me: Principal, section: Section, rows: Sequence[PlannedRow], guardians: Sequence[str]
) -> None:
    students = {one.email for one in rows}
    people = [
        Invitee(one.email, one.given_name, one.family_name, _invited_roles(one, guardians)) for one in rows
    ]
    people += [Invitee(one, "", "", (Role.GUARDIAN,)) for one in guardians if one not in students]
    if people:
        await accounts.invite_all(work=work, me=me, people=people)
    now = utc_now()
    await WaitingEnrollmentRepository(work).insert_many(
        [
            {
                "id": new_id(),
                "section_id": section.id,
                "email": one.email,
                "given_name": one.given_name,
                "family_name": one.family_name,
                "role": one.role,
                "created_at": now,
                "updated_at": now,
                "created_by": work.user_id,
            }
            for one in rows
        ]
    )


def _invited_roles(row: PlannedRow, guardians: Sequence[str]) -> tuple[Role, ...]:
    """Somebody may be a teacher of the class and the guardian of one of its students."""
    return (Role(row.role), Role.GUARDIAN) if row.email in guardians else (Role(row.role),)
