"""The page of photos: a gallery that fills while it works, and one photo large."""
