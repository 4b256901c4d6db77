"""How does a config say what the rows of a strange system mean?

What the connectors share that know no system by name (`rest`, `singer`, `webhook`): what may stand in the config (`options`), how
its expressions and templates are checked and used (`expressions`), and how a row becomes an item by them (`mapping`).
"""
