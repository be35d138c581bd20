"""Which emotion is named: one that was named stays until another has led for a moment."""

from __future__ import annotations

from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.smoothing import credited_s
from fer_desktop.core.types import Float32Array

LEAD_S: Final = 0.03
"""Another emotion is named once its lead beyond the margin, added up over time, comes to this: a lead by 50 points
takes 0.06 s, one by 20 points 0.18 s. With the noise that was measured (core.smoothing) a face between two emotions,
as read, changes its name 300 (at 15 frames a second) to 1,300 times a minute (at 60); as shown, about once. A change
to an emotion that leads by 30 points or more is told 0.1 s later than it is read, at the median, and 0.2 s later in
99 of 100; to one that leads by 15 to 30 points 0.14 s later, and later than 0.25 s in one of thirty. At 5 to 10 frames
a second it is mostly one reading later, and two at most."""
MARGIN: Final = 0.03
"""Who leads by less does not lead: two bars this close look alike."""
REASON_S: Final = 0.2
"""A reason not to name one shows, and goes, once it has prevailed for so long: what is measured of a face trembles
about its threshold, too."""
SIGHTINGS: Final = 2
"""Readings that have to speak for a change: one alone may be wrong, however long nobody looked before it."""


class SteadyLabel:
    """Follows one face. A cumulative sum over time (Page, "Continuous inspection schemes", 1954) for each emotion, for
    whether there is a reason not to name one, and for each reason."""

    def __init__(self) -> None:
        self.emotion: int | None = None
        """Index of the emotion that is named, whether or not a reason keeps it from being shown."""
        self.reason: str | None = None
        self._at_s = 0.0
        self._leads = [_Evidence() for _ in range(emotions.COUNT)]
        self._turned = _Evidence()
        """There is a reason and none is shown, or the other way round."""
        self._others: dict[str, _Evidence] = {}
        """For each reason that is not shown."""

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
        passed_s, self._at_s = credited_s(at_s - self._at_s), at_s
        largest = int(smoothed.argmax())
        if self.emotion is None or strength <= 0:
            self._show(largest)
            self._show_reason(reason)
            return
        self._name(self.emotion, probabilities.tolist(), largest, passed_s, strength)
        self._judge(reason, passed_s, strength)

    def _name(self, named: int, probabilities: list[float], largest: int, passed_s: float, strength: float) -> None:
        to_lead = probabilities[named] + MARGIN * strength
        for lead, value in zip(self._leads, probabilities, strict=True):
            lead.add((value - to_lead) * passed_s)
        # What is named has the largest bar when it is named: the frames alone may be ahead of the bars.
        if largest != named and self._leads[largest].comes_to(LEAD_S * strength):
            self._show(largest)

    def _judge(self, reason: str | None, passed_s: float, strength: float) -> None:
        """Whether there is a reason is one question, which it is another: where two take turns there is one."""
        if reason is not None and reason != self.reason:
            self._others.setdefault(reason, _Evidence())
        for name, other in self._others.items():
            other.add(passed_s if name == reason else -passed_s)
        self._turned.add(passed_s if (reason is None) != (self.reason is None) else -passed_s)
        likeliest = max(self._others, key=lambda name: self._others[name].sum_s, default=None)
        if self._turned.comes_to(REASON_S * strength):
            self._show_reason(likeliest if self.reason is None else None)
        elif self.reason and likeliest and self._others[likeliest].comes_to(REASON_S * strength):
            self._show_reason(likeliest)

    def _show(self, emotion: int) -> None:
        self.emotion = emotion
        self._leads = [_Evidence() for _ in range(emotions.COUNT)]

    def _show_reason(self, reason: str | None) -> None:
        self.reason = reason
        self._turned, self._others = _Evidence(), {}


class _Evidence:
    """What speaks for a change, added up; what speaks against it is taken off."""

    __slots__ = ("_sightings", "sum_s")

    def __init__(self) -> None:
        self.sum_s, self._sightings = 0.0, 0

    def add(self, seconds: float) -> None:
        self.sum_s += seconds
        if self.sum_s <= 0:
            self.sum_s, self._sightings = 0.0, 0
        elif seconds > 0:
            self._sightings += 1

    def comes_to(self, seconds: float) -> bool:
        return self.sum_s >= seconds and self._sightings >= SIGHTINGS
