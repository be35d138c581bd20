"""The threads between a source and a window: capture, analysis, and what a window may ask of them. No Qt."""
