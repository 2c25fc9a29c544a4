"""Read: a trained reader finds the answer, points at its words, and knows when there is none."""
