"""Data set forms. Each reads one form of labelled faces into a FaceSet."""
