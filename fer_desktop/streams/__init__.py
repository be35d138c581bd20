"""Readings for other programs: OSC, Lab Streaming Layer, WebSocket, a virtual camera. Off unless asked for. No Qt.

To add one: write a module with an `AnalysisSink`, name it in `spec` and in `app.stream_sink`, and have it pass
tests/contracts/test_sinks.py.
"""
