"""What the reports of photos and of recordings have in common: how they are rendered, and what they say of themselves.

A report holds a bounded number of rows and pictures, whatever it tells of: the CSV has the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fer_desktop import __version__
from fer_desktop.core import emotions, quality
from fer_desktop.core.types import Track, UInt8Array
from fer_desktop.offline.names import shown
from fer_desktop.report import charts
from fer_desktop.report.parts import Chart, Charts, Column, Drawing, Heading, Part, Points, Report, Table, Text

if TYPE_CHECKING:
    from fer_desktop.offline.formats import Settings

MOST_ROWS: Final = 500
MOST_FACES: Final = 200
"""So many are shown."""
MOST_PROBLEMS: Final = 200
MOST_SOURCES: Final = 10
MOST_LETTERS: Final = 80
"""Of a name under a picture or in a heading."""
BINS: Final = 10
SPACE: Final = "\u00a0"
_JPEG_QUALITY: Final = 85
_VALENCE: Final = (
    "Valence is the probability of happy less the largest of angry, disgust, fear and sad: from −1, which looks "
    "unpleasant, to +1, which looks pleasant. It is a rule of this program; no model was taught it."
)

Render = Callable[[Report], bytes]


def as_html(report: Report) -> bytes:
    from fer_desktop.report import html

    # What cannot be encoded were undecodable bytes of a name.
    return html.render(report).encode("utf-8", "backslashreplace")


def as_pdf(report: Report) -> bytes:
    """Where no Qt application runs yet, to be called on the main thread."""
    from fer_desktop.overlay.report_pdf import pdf

    return pdf(report)


def percent(share: float) -> str:
    return f"{share * 100:.0f}{SPACE}%"


def signed(value: float) -> str:
    """Two digits, with a minus that is as wide as a plus."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")  # adding 0 makes −0 a plain one


class Confidences:
    """How sure the readings were, how they were labelled, and why some were not."""

    def __init__(self) -> None:
        self.labels: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._bins = [0] * BINS

    def add(self, track: Track) -> None:
        if track.label is None:
            self.reasons[track.reason or ""] += 1
            return
        self.labels[track.label] += 1
        self._bins[min(int(track.confidence * BINS), BINS - 1)] += 1

    @property
    def faces(self) -> int:
        return self.labelled + sum(self.reasons.values())

    @property
    def labelled(self) -> int:
        return sum(self.labels.values())

    def chart(self, what: str) -> Chart:
        drawing = charts.histogram(self._bins, what, "confidence", f"How many {what} had which confidence")
        return Chart("Confidence", drawing, "The probability of the emotion that the label names.")

    def reasons_chart(self, what: str) -> Chart:
        """what: of which the shares are."""
        rows = [
            (shown(reason), "bar", number / max(self.faces, 1), f"{number:,}, {percent(number / max(self.faces, 1))}")
            for reason, number in self.reasons.most_common()
        ]
        return Chart(
            "Faces without a label", charts.bars(rows, "Why faces have no label"), f"Why, and of how many {what}."
        )


def shares_chart(title: str, note: str, shares: Sequence[tuple[str, float, str]]) -> Chart:
    """Of each emotion: (its name, 0 to 1, the figure behind the bar)."""
    rows = [(name, name, share, figure) for name, share, figure in shares]
    return Chart(
        title, charts.bars(rows, f"{title}: {', '.join(f'{name} {percent(s)}' for name, s, _ in shares)}"), note
    )


def side_by_side(items: Sequence[Chart]) -> list[Part]:
    return [Charts(items[at : at + 2]) for at in range(0, len(items), 2)]


def wide(title: str, drawing: Drawing, note: str) -> Part:
    return Charts([Chart(title, drawing, note)])


def problems(rows: Sequence[tuple[str, str]], total: int, where: str) -> list[Part]:
    """(where, why), and how many there were in all. Nothing where there were none."""
    if not total:
        return []
    rest = f"And {total - len(rows):,} more; the CSV has them all." if total > len(rows) else ""
    return [Heading("What could not be read"), Table([Column(where, long=True), Column("why", long=True)], rows, rest)]


def sources(settings: Settings) -> Text | None:
    """What was to be read, as it was given."""
    if not settings.sources:
        return None
    named = [shown(path) for path in settings.sources[:MOST_SOURCES]]
    more = len(settings.sources) - len(named)
    return Text(f"Read: {', '.join(named)}{f', and {more:,} more' if more else ''}.", quiet=True)


def how_to_read(settings: Settings, moving: bool) -> list[Part]:
    """What the figures mean, what they do not, and what they were made with."""
    looked = "Each picture was looked at once, so small faces are missing. " if settings.fast else ""
    steadied = "Labels follow from readings steadied over time. " if moving else ""
    name = settings.model_name or settings.model_id or "none"
    own_id = f" ({settings.model_id})" if settings.model_id and settings.model_id != name else ""
    return [
        Heading("How to read this"),
        Points(
            [
                "The program reads expressions, not feelings: what a face shows is not what a person feels.",
                f"It gives no label where it cannot see well enough: faces under {quality.MIN_FACE_PX} pixels are too "
                "small. Such faces are counted, and count towards no emotion.",
                "Confidence is the probability that the model gives the emotion it names. Labels are often not the one "
                "that people would give, more so where faces are small, dark, blurred or turned away.",
                *([] if moving else [_VALENCE]),
                "Mistakes are not spread evenly over people: the pictures that models learn from are uneven in ages, "
                "skin tones and cultures.",
                "Not for decisions about a person, nor for use on people at work or in education "
                "(EU AI Act, Article 5(1)(f)).",
            ]
        ),
        Text(f"Model: {shown(name)}{shown(own_id)}. {looked}{steadied}".strip(), quiet=True),
    ]


def made(with_faces: bool) -> str:
    now = datetime.now().astimezone()
    held = "; it holds pictures of the faces shown" if with_faces else ""
    return f"Made on {now:%Y-%m-%d} at {now:%H:%M} by FER Desktop {__version__}. It loads nothing from anywhere{held}."


def has_picture(track: Track) -> bool:
    """False of a reading that was kept without its face: the crop is all black."""
    return bool(track.crop.any())


def thumbnail(crop: UInt8Array) -> bytes:
    """A face as the network saw it, as JPEG: grey, 48 pixels a side, about 1 kB."""
    import cv2

    _, content = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return content.tobytes()


def by_emotion(labels: Counter[str], total: int) -> list[tuple[str, float, str]]:
    """For `shares_chart`, in the order of all emotions."""
    of = max(total, 1)
    return [(name, labels[name] / of, f"{percent(labels[name] / of)}, {labels[name]:,}") for name in emotions.NAMES]
