"""The tutor of a course: its conversations, its teachers' settings, and what adults are told."""
