"""Model folders: checked, listed, chosen."""
