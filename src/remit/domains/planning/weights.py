"""All weights of Today's order. A thing's score is urgency × value at stake × fit.

Each weight is written in points, for they are easier to set beside each other: POINTS_PER_DOUBLING points double a factor,
so adding points multiplies factors. Scores only order one person's list; they are no forecast and mean nothing outside of it.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["meeting", "parked", "reply", "approval", "task", "stalled", "trigger", "noted", "quality"]
POINTS_PER_DOUBLING: Final = 20.0

# urgency: the kind of work, and time
BASE_POINTS: Final[dict[Kind, int]] = {
    "meeting": 70,  # somebody else's time is fixed
    "parked": 65,  # a message may or may not have left; only a person can say
    "reply": 60,  # a buyer spoke last
    "approval": 55,  # work of others stands still
    "task": 40,
    "stalled": 25,
    "trigger": 22,  # a reason to write now
    "noted": 22,  # the same, from what somebody of ours wrote down
    "quality": 5,
}
KIND_NAMES: Final[dict[Kind, str]] = {
    "meeting": "Meeting",
    "parked": "Uncertain delivery",
    "reply": "Reply waiting",
    "approval": "To approve",
    "task": "Task",
    "stalled": "Stalled deal",
    "trigger": "News",
    "noted": "From our notes",
    "quality": "Data quality",
}
# value at stake
VALUE_POINTS_PER_TENFOLD: Final = 5.0
VALUE_FROM: Final = 1_000
"""Major units from which value counts; ten times as much is worth VALUE_POINTS_PER_TENFOLD more."""
VALUE_POINTS_MOST: Final = 20.0
# fit: how well it fits what we sell and to whom
KEY_ACCOUNT_POINTS: Final = 8.0
CUSTOMER_POINTS: Final = 4.0
OPEN_DEAL_POINTS: Final = 4.0
FORMER_POINTS: Final = -2.0  # they left once

# urgency by time
DUE_TODAY_POINTS: Final = 15.0
OVERDUE_POINTS_PER_DAY: Final = 3.0
OVERDUE_POINTS_MOST: Final = 30.0
SOON_HOURS: Final = 2.0
SOON_POINTS: Final = 20.0
WAITING_POINTS_PER_DAY: Final = 4.0
WAITING_POINTS_MOST: Final = 24.0
QUIET_POINTS_PER_WEEK: Final = 3.0
QUIET_POINTS_MOST: Final = 15.0
FADING_POINTS_PER_DAY: Final = -1.0
"""News loses a point a day."""
