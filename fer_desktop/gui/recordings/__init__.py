"""The page of recordings: a video with the emotions of each face along its time."""
