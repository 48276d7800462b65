"""Imports every table, so that migrations, the privacy registry and the isolation tests see all of them."""

from eduplatform.db.audit import AuditEvent, AuditHead
from eduplatform.domain.accounts import models as accounts
from eduplatform.domain.assessment import models as assessment
from eduplatform.domain.calendar import models as calendar
from eduplatform.domain.courses import group_models as groups
from eduplatform.domain.courses import models as courses
from eduplatform.domain.files import models as files
from eduplatform.domain.grading import course_models as course_grading
from eduplatform.domain.grading import models as grading
from eduplatform.domain.live import models as live
from eduplatform.domain.messaging import models as messaging
from eduplatform.domain.tenants import models as tenants

__all__ = [
    "AuditEvent",
    "AuditHead",
    "accounts",
    "assessment",
    "calendar",
    "course_grading",
    "courses",
    "files",
    "grading",
    "groups",
    "live",
    "messaging",
    "tenants",
]
