"""Networks to explore: names as the lecture writes them, derivatives with their steps and paths, claims with verdicts.

What is here is what `from derive import …` gives; the modules below `derive.api` are no promise.
"""
