"""Who does what when nobody clicks? RQ and Redis live here and nowhere else.

The database row is the timer; Redis is a doorbell. Whatever is lost here is rung again.
"""
