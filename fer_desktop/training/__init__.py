"""Trains, measures and exports models. Loaded only by the commands that train; never by the live window."""
