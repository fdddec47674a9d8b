"""What happens to whatever is sent to every address, as everybody? Requests made of the real forms.

``forms`` reads the forms and links out of the pages that were answered, ``values`` fills them,
``books`` says whether anything has changed, ``attack`` sends and judges. New routes and new forms
are met by themselves.
"""
