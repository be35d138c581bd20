"""The window of Models…: the models there are, which one reads, and how two of them compare."""
