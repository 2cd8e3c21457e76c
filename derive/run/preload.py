"""Loaded last by the server that workers are forked from, to take down what loading everything else has cost."""

import time

SECONDS = time.process_time()
