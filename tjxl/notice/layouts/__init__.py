"""How notices lay their tasks out: tables in several disguises, and numbered items of prose."""
