"""Opening a video file, or saying in one line what it is instead."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_desktop.core.errors import InputError, OtherKindError

if TYPE_CHECKING:
    import av

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_IMAGE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_REMEDY = "Convert it to MP4 (H.264) or choose another file"


def open_container(path: Path) -> av.container.InputContainer:
    """Raises InputError where the file is no video."""
    import av

    try:
        if not path.exists():
            raise InputError(f"{path} does not exist", "Check the name, or choose another file")
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a video", "Choose one file")
        if not path.is_file():
            raise InputError(f"{path} is not a file", "Choose a video file")
        # "file:" and the list of protocols: a name or a playlist must not make it reach into the network.
        container = av.open(f"file:{path}", metadata_errors="replace", options={"protocol_whitelist": "file"})
    except PermissionError:
        raise InputError(f"{path} may not be read", "Change its permissions, or choose another file") from None
    except (av.FFmpegError, OSError, ValueError):
        raise not_a_video(path) from None
    if _is_still(container):
        container.close()
        raise not_a_video(path, "is an image, not a video")
    return container


def _is_still(container: av.container.InputContainer) -> bool:
    """FFmpeg reads images as videos of one picture."""
    form, brand = container.format.name, container.metadata.get("major_brand", "").encode()
    if form == "gif":
        return all(stream.frames == 1 for stream in container.streams.video)
    return form.endswith("_pipe") or form in ("ico", "image2") or brand in _IMAGE_BRANDS


def video_stream(container: av.container.InputContainer, path: Path) -> Any:
    """The stream of moving pictures: a song's cover is none."""
    import av

    for stream in container.streams.video:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        if not cover and stream.codec_context is not None:
            return stream
    if container.streams.audio:
        raise InputError(f"{path} has sound but no pictures", "Choose a video file")
    raise not_a_video(path)


def not_a_video(path: Path, otherwise: str = "is not a video, or is damaged or cut short") -> InputError:
    """By the content: a remedy for videos would lead nowhere with an image, a text or nothing at all."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except (OSError, ValueError):
        return InputError(f"{path} {otherwise}", _REMEDY)
    if not start:
        return InputError(f"{path} is empty, not a video", "Copy it again from where it came from")
    if (
        start.startswith(_IMAGES)
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or (start[4:8] == b"ftyp" and start[8:12] in _IMAGE_BRANDS)
    ):
        return OtherKindError(
            f"{path} is an image, not a video", "Open it with File > Open photos", "fer-desktop classify FILE"
        )
    if _is_text(start):
        return InputError(f"{path} is a text, not a video", "Choose a video file")
    return InputError(f"{path} {otherwise}", _REMEDY)


def _is_text(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return b"\0" not in start
