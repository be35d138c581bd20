"""Linux: the shared libraries that the Qt, OpenCV and MediaPipe wheels take from the system, and how to get them."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable

from bootstrap_steps import SetupError, say

# soname -> Debian's package, from the wheels' NEEDED entries (readelf -d) on Debian 12.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLESv2.so.2": "libgles2",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
TEST_TOOLS = {"Xvfb": "xvfb", "strace": "strace"}
_QUIET = ("DEBIAN_FRONTEND=noninteractive",)


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """Sonames that the dynamic linker does not find."""
    missing = []
    for soname in LIBRARIES:
        try:
            load(soname)
        except OSError:
            missing.append(soname)
    return missing


def packages_for(sonames: Iterable[str]) -> list[str]:
    return sorted({LIBRARIES[soname] for soname in sonames})


def install_command(packages: Iterable[str]) -> str:
    """The one command for a person on Debian or Ubuntu."""
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def remedy_for(sonames: list[str]) -> str:
    """The one command that brings these libraries on this machine."""
    if shutil.which("apt-get"):
        return f"Run: {install_command(packages_for(sonames))}"
    for tool in ("dnf", "zypper"):
        if shutil.which(tool):  # packages that follow RPM say which sonames they provide
            return f"Run: sudo {tool} install {' '.join(repr(f'{soname}()(64bit)') for soname in sonames)}"
    return f"Install the packages that hold {', '.join(sonames)}"


def may_install() -> bool:
    """Whether system packages can be installed without asking: as root, or by sudo that needs no password."""
    if not hasattr(os, "geteuid"):
        return False
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def install(packages: list[str]) -> None:
    """By apt-get. Raises SetupError with the command to run by hand."""
    say(f"installing from the system's packages: {' '.join(packages)}")
    prefix = ["env", *_QUIET] if os.geteuid() == 0 else ["sudo", "-n", "env", *_QUIET]
    install_line = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    # Without fresh lists first, a package that has been replaced on the mirror fails with "404".
    subprocess.run([*prefix, "apt-get", "update"], capture_output=True, check=False)
    done = subprocess.run(install_line, capture_output=True, text=True, check=False)
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("E:")] or ["no reason given"]
        raise SetupError(f"apt-get could not install {' '.join(packages)} ({reasons[-1]})", install_command(packages))


def ensure_libraries() -> None:
    """Raises SetupError where a library is missing and this program may not install it."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries()
    if missing and shutil.which("apt-get") and may_install():
        install(packages_for(missing))
        missing = missing_libraries()
    if missing:
        raise SetupError(f"system libraries are missing: {', '.join(missing)}", remedy_for(missing))


def ensure_test_tools() -> None:
    """Xvfb and strace on Linux; where they cannot be had, says which tests will be skipped."""
    if not sys.platform.startswith("linux"):
        return
    missing = [tool for tool in TEST_TOOLS if not shutil.which(tool)]
    packages = [TEST_TOOLS[tool] for tool in missing]
    if missing and shutil.which("apt-get") and may_install():
        install(packages)
    elif missing:
        say(f"{' and '.join(missing)} missing, the tests that need them will be skipped. {install_command(packages)}")
