"""Draws an Analysis over a picture: on the window, on snapshots and on files, with the same code at any scale.

`layout` decides where things go and knows no Qt; `motion` decides which values are shown now; `painter` paints.
"""
