"""What a page behind a shared link sends while somebody types."""

from portal.drafts.forms import DraftForm as DraftForm
