"""The detector that warns people: words in outside text that talk to software, also hidden or encoded. It grants and stops nothing."""

from remit.evidence.outside.shown import Shown, warnings_shown
from remit.evidence.outside.warn import OutsideWarning, warnings_in, warnings_in_parts

__all__ = ["OutsideWarning", "Shown", "warnings_in", "warnings_in_parts", "warnings_shown"]
