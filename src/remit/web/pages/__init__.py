"""One module per page. A module exposes `router` (an APIRouter) and, when it belongs in the menu, `NAV` (a NavEntry).

`remit.web.app` finds them by file name: a new page is a new file.
"""
