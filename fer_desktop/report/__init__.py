"""Reports: what they are made of, their charts, their colours, and how they become one HTML page."""
