"""Which emotion is named: one that was named stays until another has led for a moment."""

from __future__ import annotations

from typing import Final

from fer_desktop.core.types import Float32Array

LEAD_S: Final = 0.03
"""Another emotion is named once its lead beyond the margin, added up over time, comes to this: a lead by 50 points
takes 0.06 s, one by 20 points 0.18 s. With the noise that was measured (core.smoothing) a face between two emotions,
as read, changes its name 300 (at 15 frames a second) to 1,300 times a minute (at 60); as shown, about once. A change
to an emotion that leads by 30 points or more is told 0.1 s later than it is read, at the median, and 0.2 s later in
99 of 100; to one that leads by 15 to 30 points 0.14 s later, and later than 0.25 s in one of thirty."""
MARGIN: Final = 0.03
"""Who leads by less does not lead: two bars this close look alike."""
REASON_S: Final = 0.2
"""A reason not to name one shows, and goes, once it has prevailed for so long: what is measured of a face trembles
about its threshold, too."""


class SteadyLabel:
    """Follows one face. A cumulative sum over time (Page, "Continuous inspection schemes", 1954) for each emotion."""

    def __init__(self) -> None:
        self.emotion: int | None = None
        """Index of the emotion that is named, whether or not a reason keeps it from being shown."""
        self.reason: str | None = None
        self._leads_s = [0.0] * 7
        self._reason_s = 0.0
        self._at_s = 0.0

    def update(
        self,
        probabilities: Float32Array,
        smoothed: Float32Array,
        reason: str | None,
        at_s: float,
        strength: float = 1.0,
    ) -> None:
        """The face as it is at `at_s` seconds: `probabilities` as read from this frame, `smoothed` as the bars show
        them, both float32[7]; `reason` not to label it, if any. strength: what the waiting is multiplied by."""
        passed_s, self._at_s = max(at_s - self._at_s, 0.0), at_s
        largest = int(smoothed.argmax())
        if self.emotion is None:
            self.emotion, self.reason = largest, reason
            return
        self._name(probabilities.tolist(), largest, passed_s, strength)
        self._reason_s = max(0.0, self._reason_s + (passed_s if reason != self.reason else -passed_s))
        if reason != self.reason and self._reason_s >= REASON_S * strength:
            self.reason, self._reason_s = reason, 0.0

    def _name(self, probabilities: list[float], largest: int, passed_s: float, strength: float) -> None:
        assert self.emotion is not None
        to_lead = probabilities[self.emotion] + MARGIN * strength
        self._leads_s = [
            max(0.0, lead_s + (value - to_lead) * passed_s)
            for lead_s, value in zip(self._leads_s, probabilities, strict=True)
        ]
        # What is named has the largest bar when it is named: the frames alone may be ahead of the bars.
        if largest != self.emotion and self._leads_s[largest] >= LEAD_S * strength:
            self.emotion = largest
            self._leads_s = [0.0] * len(probabilities)
