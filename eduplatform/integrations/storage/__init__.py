"""Where the bytes of files are: a directory of this installation, or any service that speaks S3 (Supabase, MinIO, AWS).

Every object's key begins with its tenant, and no caller can name a key without one.
"""

from eduplatform.integrations.storage.objects import ObjectStorage, StoredObject, storage

__all__ = ["ObjectStorage", "StoredObject", "storage"]
