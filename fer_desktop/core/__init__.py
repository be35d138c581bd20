"""What the program is about: frames, faces, emotions. numpy and cv2 only; no threads, no Qt, no files."""
