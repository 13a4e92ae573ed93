"""`make bench`: how close the product comes to the database driven by hand, as ratios; never part of the tests.

database   servers, databases cloned from one template
world      the agencies that are measured, and the rows of any number of cases
load       COPY
floor      raw WSGI, psycopg and orjson: the limit
web        API list and HTML queue against the floor, over HTTP
steps      one workflow step in process against psycopg replaying the same SQL
queues     the SQL of the work queue in a small and in a large database
board      the supervision board from its figures against one live aggregate, and the fold
figures    what is measured, and the table of it
"""
