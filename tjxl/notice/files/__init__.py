"""What a notice file holds, whatever its format: lines of text and grids of cells. `blocks.py` is the common form."""
