"""Reading files of other systems into our tables.

Three steps that do not know each other's business: `csv_files` turns bytes into records with line
numbers, `rows` turns records into values checked by the models' own rules (both without a
database), `store` compares them with what is there and writes, all or nothing.
"""
