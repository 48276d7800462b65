"""The push service that brings events to browsers: our own server, or the hosted one by setting four keys."""

from eduplatform.integrations.push.credentials import Credentials, credentials
from eduplatform.integrations.push.interface import Message, Push, PushRefused, PushUnavailable
from eduplatform.integrations.push.service import push_service

__all__ = ["Credentials", "Message", "Push", "PushRefused", "PushUnavailable", "credentials", "push_service"]
