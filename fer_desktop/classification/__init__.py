"""Emotion classifiers."""
