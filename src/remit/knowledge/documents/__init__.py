"""Files of many kinds as plain text with warnings; what cannot be read is refused with a reason."""

from remit.knowledge.documents.model import Document, DocumentRefused, Warned
from remit.knowledge.documents.read import read, read_bytes

__all__ = ["Document", "DocumentRefused", "Warned", "read", "read_bytes"]
