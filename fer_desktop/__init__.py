"""FER Desktop: reads facial expressions live, on this computer alone."""

import os

__version__ = "0.1.0"

# Nothing leaves this computer. ONNX Runtime (1.31, on Linux too) otherwise keeps a device id and a queue of usage
# events in the person's cache folder and sends them to its maker some seconds after it was loaded. The switch in its
# Python module does not stop that, this variable does; it must stand before the first import of onnxruntime: here.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
