"""Where frames come from: cameras, video files, the demo. Each is a FrameSource of core.ports."""
