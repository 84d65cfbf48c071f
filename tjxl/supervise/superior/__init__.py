"""层层分解: a register begun from a form that came from above, and the form that goes back up."""
