"""linshu: the working system of a court's enforcement bureau. Where do I start reading?

A case sits at exactly one stage; each stage has a limit; at the limit the case moves on by
itself, sideways or up, and points move with it. Everything leaves a trail.

Rules decide, store remembers, services do, web and jobs ask. Read in this order:

1. ``rules.policy`` (the numbers), ``rules.calendar``, ``rules.clock`` (when), ``rules.transitions``
   (where to), ``rules.points`` (what it costs), ``rules.trail`` (what is kept of it)
2. one table module: ``store.cases``
3. one service: ``services.sweep``
4. one screen: ``web.cases`` with ``templates/cases``
5. one job: ``jobs.tasks``
"""
