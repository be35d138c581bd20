"""What may not stand in the project's files, and that pins and ranges agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
REGISTRIES = ("pypi." + "org", "python" + "hosted", "conda." + "anaconda", "download." + "pytorch", "index" + "-url")
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/opt/" + "pypi")


def project_files() -> list[Path]:
    """Tracked files, and new ones that git does not ignore."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    forbidden = (*REGISTRIES, *MACHINE_PATHS, f"{ROOT}/")
    found = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content[:4096]:
            continue  # pictures and weights
        text = content.decode("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in forbidden if word in text]
    assert not found


PAGES = ("README.md", "models/README.md", "packaging/README.md")


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_no_place_left_to_fill(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"<!--.*?-->", text, re.DOTALL) == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_lead_to_files_that_there_are(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(\s*<?([^)>\s]+)", text) + re.findall(r"(?:src|href)=[\"']([^\"']+)", text)
    local = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    known = {place for path in project_files() for place in (path, path.parent)}
    dead = [target for target in local if (ROOT / page).parent.joinpath(target).resolve() not in known]
    assert not dead


def pins() -> list[Requirement]:
    lines = (line.strip() for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_constraints_are_plain_pins() -> None:
    assert len(pins()) > 50
    for pin in pins():
        assert pin.url is None, f"{pin} names a place"
        assert not pin.extras
        assert re.fullmatch(r"==[0-9][0-9A-Za-z.]*", str(pin.specifier)), f"{pin} is no exact pin"


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
def test_every_package_has_one_pin_for_each_python(python: str) -> None:
    environment = {**default_environment(), "python_version": python}
    names = [pin.name.lower() for pin in pins() if pin.marker is None or pin.marker.evaluate(environment)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib is new in Python 3.11")
@pytest.mark.parametrize("python", ["3.10", "3.13"])
def test_the_pins_lie_within_the_declared_ranges(python: str) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = {**default_environment(), "python_version": python}
    pinned = {
        pin.name.lower().replace("_", "-"): str(pin.specifier)[2:]
        for pin in pins()
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    declared = [
        *project["dependencies"],
        *(item for group in project["optional-dependencies"].values() for item in group),
    ]
    for text in declared:
        requirement = Requirement(text)
        name = requirement.name.lower().replace("_", "-")
        assert name in pinned, f"{text} has no pin"
        assert requirement.specifier.contains(pinned[name]), f"{text} is pinned at {pinned[name]}"


def test_the_folder_does_not_hide_the_library_of_its_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
