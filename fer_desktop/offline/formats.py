"""From a file's name to what writes results into it, of photos or of a recording: for window and command line alike.

    settings = Settings(model_id, sources=("holiday",))
    form = form_of("holiday.csv")
    with Outputs() as outputs:
        outputs.open("holiday.csv")(photo_writer(form, settings))

A new form: its suffix and name in FORMS, its writers in the two functions below. Nothing slow is imported before it is
needed.
"""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH122

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fer_desktop.core.errors import InputError, MissingComponentError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.offline.names import shown

if TYPE_CHECKING:
    from fer_desktop.offline.export import ResultWriter
    from fer_desktop.offline.files import Write
    from fer_desktop.offline.image_result import ImageResult
    from fer_desktop.offline.video import Beginning, FrameResult

FORMS: Final = {
    "csv": "Table (CSV)",
    "json": "JSON",
    "parquet": "Table (Parquet)",
    "html": "Report (HTML)",
    "pdf": "Report (PDF)",
}
"""By the suffix without its dot: what each is called in a list to choose from, before it is translated."""
REPORTS: Final = ("html", "pdf")
_OTHER_SUFFIXES: Final = {"htm": "html", "pq": "parquet"}


@dataclass(frozen=True, slots=True)
class Settings:
    """How results came about, for the documents that tell of it. `sources`: photos' files and folders as given."""

    model_id: str | None
    model_name: str | None = None
    """What people call the model; its id where None."""
    fast: bool = False
    """Whether small faces were passed over (photos alone)."""
    thumbnails: bool = False
    """Whether a report shows faces."""
    sources: tuple[str, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    """What people call a recording's faces, by their track; a table has a column for it if there is any."""


def form_of(path: str, forms: tuple[str, ...] = tuple(FORMS)) -> str:
    """The form that a file's name asks for: one of `forms`. Raises InputError for any other."""
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    form = _OTHER_SUFFIXES.get(suffix, suffix)
    if form not in forms:
        known = [f".{name}" for name in forms]
        remedy = f"Give it a name that ends with {', '.join(known[:-1])} or {known[-1]}"
        raise InputError(f"{shown(path)} does not say what kind of file it is to be", remedy)
    return form


def available(form: str) -> bool:
    """Whether this installation can write it."""
    return form != "parquet" or importlib.util.find_spec("pyarrow") is not None


def check(form: str) -> None:
    """Raises MissingComponentError where this installation cannot write it."""
    if not available(form):
        what = "Parquet needs a part that is not installed"
        raise MissingComponentError(what, f"Run: {install_extra('parquet')}")


def photo_writer(form: str, settings: Settings) -> Callable[[Write], ResultWriter[ImageResult]]:
    """What begins a document of photos: to be given the function that writes its bytes.

    PDF needs a Qt application: where none runs yet, it is to be finished on the main thread; else on any. Raises
    MissingComponentError.
    """
    check(form)
    if form == "csv":
        from fer_desktop.offline.export import CsvWriter

        return CsvWriter
    if form == "json":
        from fer_desktop.offline.export import JsonWriter

        return lambda write: JsonWriter(write, settings.model_id)
    if form == "parquet":
        from fer_desktop.offline.parquet import PhotoParquetWriter

        return lambda write: PhotoParquetWriter(write, settings.model_id)
    from fer_desktop.offline.report import as_html, as_pdf
    from fer_desktop.offline.report_photos import PhotoReport

    return lambda write: PhotoReport(write, settings, as_pdf if form == "pdf" else as_html)


def video_writer(
    form: str, settings: Settings, path: str, beginning: Beginning
) -> Callable[[Write], ResultWriter[FrameResult]]:
    """The same of the recording at `path`."""
    check(form)
    names = dict(settings.names)
    if form == "csv":
        from fer_desktop.offline.video_export import FrameCsvWriter

        return lambda write: FrameCsvWriter(write, names)
    if form == "json":
        from fer_desktop.offline.video_export import FrameJsonWriter

        return lambda write: FrameJsonWriter(write, path, beginning, names)
    if form == "parquet":
        from fer_desktop.offline.parquet import VideoParquetWriter

        return lambda write: VideoParquetWriter(write, beginning.model_id, names)
    from fer_desktop.offline.report import as_html, as_pdf
    from fer_desktop.offline.report_video import VideoReport

    return lambda write: VideoReport(write, settings, path, beginning, as_pdf if form == "pdf" else as_html)
