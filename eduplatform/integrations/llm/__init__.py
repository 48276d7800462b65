"""Models of any provider behind one small interface: a list of targets in, text out, piece by piece.

Nothing of a provider's packages is imported before the first call: they cost seconds and a hundred megabytes.
"""

from eduplatform.integrations.llm.gateway import CallReport, Limits, Message, stream
from eduplatform.integrations.llm.targets import KINDS, ProviderKind, Target

__all__ = ["KINDS", "CallReport", "Limits", "Message", "ProviderKind", "Target", "stream"]
