"""Keeping what the live view shows: the video, a log of the readings, and the folders that both lie in. No Qt."""
