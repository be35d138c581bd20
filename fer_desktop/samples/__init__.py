"""A person's own labelled faces, kept on this computer alone: what the network is taught one face from."""

from __future__ import annotations

from fer_desktop.samples.enough import check as check_enough
from fer_desktop.samples.sample import COLLECTED, CORRECTED, Sample
from fer_desktop.samples.store import SampleStore

__all__ = ["COLLECTED", "CORRECTED", "Sample", "SampleStore", "check_enough"]
