"""FER Desktop: reads facial expressions live, on this computer alone."""

__version__ = "0.1.0"
