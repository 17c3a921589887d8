"""The portal's page kinds. Import from here: `from apps.core.views import ScopedListView`."""

from apps.core.permissions import AUTHENTICATED, PUBLIC

from .access import PortalView, portal_action
from .actions import Action, BulkAction, ticked_keys
from .autocomplete import AutocompleteView
from .boards import BoardView
from .edit import ScopedCreateView, ScopedDeleteView, ScopedFormView, ScopedUpdateView
from .lists import ScopedListView
from .records import ScopedDetailView, Tab
from .refusals import toast

__all__ = [
    "AUTHENTICATED",
    "PUBLIC",
    "Action",
    "AutocompleteView",
    "BoardView",
    "BulkAction",
    "PortalView",
    "ScopedCreateView",
    "ScopedDeleteView",
    "ScopedDetailView",
    "ScopedFormView",
    "ScopedListView",
    "ScopedUpdateView",
    "Tab",
    "portal_action",
    "ticked_keys",
    "toast",
]
