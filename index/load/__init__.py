"""Load: files of each format to articles. `formats.py` lists them."""
