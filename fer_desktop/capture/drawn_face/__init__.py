"""The person that the demo shows: what the face performs, and how it is drawn. Numpy and OpenCV only."""
